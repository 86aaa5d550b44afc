package io.evpl.rpc2.replay;

import io.evpl.rpc2.CallInterceptor;
import io.evpl.rpc2.ReplyCapture;
import io.evpl.rpc2.RpcCall;
import io.evpl.rpc2.RpcProcedure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * A duplicate request cache: given to a server as its interceptor, it lets a call through once. A copy of it that comes while it is being
 * executed is dropped, one that comes later gets the reply of the first, byte for byte, however it came: over UDP, or over a connection
 * that was made anew.
 *
 * <p>Calls are the same if xid, credential, the caller's address without its port, program, version, procedure, length and checksum of the
 * arguments are. The credential belongs to it so that nobody gets another one's reply by guessing. Bounded in number, bytes and age. From any thread.
 */
public final class ReplyCache implements CallInterceptor {
    /** At 200 bytes or so without the reply. */
    public static final int DEFAULT_MAX_ENTRIES = 16_384;
    public static final long DEFAULT_MAX_BYTES = 32L << 20;
    /** Longer than clients go on sending the same call. */
    public static final long DEFAULT_MAX_AGE_NS = TimeUnit.MINUTES.toNanos(2);

    /** A caller's word for a call, and what must be the same for it to be that call. */
    private record Key(int xid, Object caller, String credential, int program, int version, int procedure, int argumentBytes, long checksum) {
    }

    /** Results as they were sent, or null while the call is executed. */
    private static final class Entry {
        private byte[] results;
        private long madeNs;
    }

    private final int maxEntries;
    private final long maxBytes;
    private final long maxAgeNs;
    private final Predicate<RpcProcedure<?, ?>> covered;
    private final LongSupplier clock;
    /** In the order of making. */
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();
    private long bytes;
    private final LongAdder hits = new LongAdder();
    private final LongAdder inProgress = new LongAdder();

    /** Covers every procedure, within the default limits. */
    public ReplyCache() {
        this(DEFAULT_MAX_ENTRIES, DEFAULT_MAX_BYTES, DEFAULT_MAX_AGE_NS, procedure -> true);
    }

    /** @param covered the procedures that must not be executed twice; idempotent ones are cheaper executed than remembered */
    public ReplyCache(int maxEntries, long maxBytes, long maxAgeNs, Predicate<RpcProcedure<?, ?>> covered) {
        this(maxEntries, maxBytes, maxAgeNs, covered, System::nanoTime);
    }

    /** @param clock nanoseconds, by which replies grow old */
    public ReplyCache(int maxEntries, long maxBytes, long maxAgeNs, Predicate<RpcProcedure<?, ?>> covered, LongSupplier clock) {
        if (maxEntries < 1 || maxBytes < 0 || maxAgeNs < 1) {
            throw new IllegalArgumentException("maxEntries " + maxEntries + ", maxBytes " + maxBytes + ", maxAgeNs " + maxAgeNs
                    + ": a cache holds something, for some time");
        }
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
        this.maxAgeNs = maxAgeNs;
        this.covered = covered;
        this.clock = clock;
    }

    /** Duplicates that got the reply of the first. */
    public long hits() {
        return hits.sum();
    }

    /** Duplicates that were dropped, because the first was being executed. */
    public long inProgress() {
        return inProgress.sum();
    }

    /** Calls that are remembered now. */
    public synchronized int size() {
        return entries.size();
    }

    /** Bytes of the replies that are remembered now. */
    public synchronized long bytes() {
        return bytes;
    }

    @Override
    public boolean intercept(RpcCall<?> call, ByteBuf arguments) {
        if (!covered.test(call.procedure())) {
            return true;
        }
        Key key = key(call, arguments);
        byte[] results;
        synchronized (this) {
            expire();
            Entry known = entries.get(key);
            if (known == null) {
                remember(key, call);
                return true;
            }
            results = known.results;
        }
        if (results == null) {
            inProgress.increment();
            call.drop();
        } else {
            hits.increment();
            call.replyEncoded(Unpooled.wrappedBuffer(results));
        }
        return false;
    }

    private static Key key(RpcCall<?> call, ByteBuf arguments) {
        CRC32C checksum = new CRC32C();
        int bytes = arguments.readableBytes();
        for (var part : arguments.nioBuffers(arguments.readerIndex(), bytes)) {
            checksum.update(part);
        }
        RpcProcedure<?, ?> procedure = call.procedure();
        return new Key(call.xid(), caller(call.remoteAddress()), call.credential().flavor() + " " + call.credential().describe(),
                procedure.program(), procedure.version(), procedure.number(), bytes, checksum.getValue());
    }

    /** A client that connects again has another port. */
    private static Object caller(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null ? inet.getAddress() : address;
    }

    private void remember(Key key, RpcCall<?> call) {
        Entry entry = new Entry();
        entry.madeNs = clock.getAsLong();
        entries.put(key, entry);
        call.capture(new ReplyCapture() {
            @Override
            public void replied(ByteBuf results) {
                byte[] copy = new byte[results.readableBytes()];
                results.getBytes(results.readerIndex(), copy);
                keep(key, entry, copy);
            }

            @Override
            public void notReplied() {
                forget(key, entry);
            }
        });
        makeRoom();
    }

    private synchronized void keep(Key key, Entry entry, byte[] results) {
        if (entries.get(key) != entry) {
            return; // too old meanwhile
        }
        if (results.length > maxBytes) {
            entries.remove(key); // or it would cost all others their place
            return;
        }
        entry.results = results;
        bytes += results.length;
        makeRoom();
    }

    /** A call that failed may be tried again. */
    private synchronized void forget(Key key, Entry entry) {
        entries.remove(key, entry);
    }

    private void expire() {
        long now = clock.getAsLong();
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            Entry entry = oldest.next();
            if (now - entry.madeNs < maxAgeNs) {
                return;
            }
            remove(oldest, entry);
        }
    }

    /** A call that is executed stays: a copy of it must not be executed beside it. Limits of open calls bound how many there are. */
    private void makeRoom() {
        Iterator<Entry> oldest = entries.values().iterator();
        while ((entries.size() > maxEntries || bytes > maxBytes) && oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.results != null) {
                remove(oldest, entry);
            }
        }
    }

    private void remove(Iterator<Entry> at, Entry entry) {
        at.remove();
        if (entry.results != null) {
            bytes -= entry.results.length;
        }
    }
}
