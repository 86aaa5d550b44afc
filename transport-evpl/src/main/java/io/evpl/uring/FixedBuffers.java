package io.evpl.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.uring.BufferTable;
import io.evpl.linux.uring.RingKernel;
import io.evpl.memory.EvplAllocator;
import io.evpl.memory.MemoryRegistrar;
import io.evpl.memory.MemoryRegistration;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An allocator's slabs as one ring's fixed buffers, whose pages the kernel need not look up for each operation. A slab gets its
 * place in the ring's table when it comes, and its pages are pinned once, by the first operation that names it: locked
 * memory is short, and most slabs never carry anything for which it would pay.
 *
 * <p>The table is changed by the ring's thread alone (SINGLE_ISSUER). So a slab that goes, and whose pages are pinned, waits for
 * that thread, which is called for it. On the ring's thread, unless said otherwise.
 */
final class FixedBuffers implements MemoryRegistrar {
    /** No fixed buffer: the operation takes memory by its address. */
    static final int NONE = -1;

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(FixedBuffers.class);
    /** A limit that is too low is every ring's and every slab's: it is said once. */
    private static final AtomicBoolean REFUSAL_SAID = new AtomicBoolean();

    private enum State { UNUSED, PINNED, REFUSED }

    /** A slab's place in the table. Its state is the ring's thread's while there are buffers in use. */
    private static final class Place {
        private final long address;
        private final long bytes;
        private State state = State.UNUSED;

        Place(long address, long bytes) {
            this.address = address;
            this.bytes = bytes;
        }
    }

    private final Thread thread = Thread.currentThread();
    private final Executor loop;
    private final BufferTable table;
    private final Place[] places;
    /** Guarded by this, which is taken under the allocator's lock and never the other way round. */
    private final BitSet taken = new BitSet();
    private final MemoryRegistration registration;
    /** Places whose slabs are going, and whose pages are still pinned. Others put, the ring's thread takes. */
    private final Queue<Integer> departing = new ConcurrentLinkedQueue<>();
    private final Runnable unpinning = this::unpinDeparting;
    private boolean tableMade;
    private int pinned;

    /** @param loop runs tasks on the ring's thread, which is the caller's */
    FixedBuffers(RingKernel kernel, EvplAllocator allocator, Executor loop) {
        this.loop = loop;
        table = new BufferTable(kernel);
        places = new Place[Math.min(allocator.mostSlabs(), BufferTable.MOST_PLACES)];
        registration = allocator.attach(this);
    }

    /**
     * The fixed buffer that memory at {@code address} lies in. The caller has a buffer there, and keeps it until the last
     * completion of its operation.
     *
     * @return its index; or {@link #NONE}: no slab, or one that the kernel did not pin
     */
    int indexOf(long address) {
        long index = registration.key(address);
        if (index < 0) {
            return NONE;
        }
        Place place = places[(int) index];
        if (place.state == State.UNUSED) {
            pin((int) index, place);
        }
        return place.state == State.PINNED ? (int) index : NONE;
    }

    private void pin(int index, Place place) {
        int result = tableMade ? 0 : table.register(places.length);
        if (result == 0) {
            tableMade = true;
            result = table.put(index, place.address, place.bytes);
        }
        if (result < 0) {
            place.state = State.REFUSED;
            refused(place, result);
        } else {
            place.state = State.PINNED;
            pinned++;
        }
    }

    private static void refused(Place place, int result) {
        if (REFUSAL_SAID.compareAndSet(false, true)) {
            LOGGER.warn("A slab of {} bytes cannot be pinned for fixed buffers: {}; raise the limit of locked memory (ulimit -l,"
                    + " LimitMEMLOCK=, --ulimit memlock=). Operations go on without.", place.bytes, Errno.text(-result));
        }
    }

    /** Slabs that the kernel holds for this ring. */
    int pinned() {
        return pinned;
    }

    // ---- by any thread, under the allocator's lock

    @Override
    public synchronized long register(long address, long bytes) {
        int index = taken.nextClearBit(0);
        if (bytes > BufferTable.MOST_BYTES) {
            return -Errno.EINVAL;
        }
        if (index >= places.length) {
            return -Errno.ENOBUFS;
        }
        taken.set(index);
        places[index] = new Place(address, bytes);
        return index;
    }

    @Override
    public boolean unregister(long address, long bytes, long key) {
        int index = (int) key;
        // Nobody has a buffer of it any more: what the ring's thread wrote came here with the last that was released.
        if (places[index].state != State.PINNED) {
            free(index);
            return true;
        }
        if (Thread.currentThread() == thread) {
            unpin(index);
            return true;
        }
        departing.add(index);
        try {
            loop.execute(unpinning);
        } catch (RejectedExecutionException e) {
            // the loop is ending, and lets go of everything then
        }
        return false;
    }

    private synchronized void free(int index) {
        taken.clear(index);
        places[index] = null;
    }

    // ---- letting go

    private void unpinDeparting() {
        for (Integer index = departing.poll(); index != null; index = departing.poll()) {
            long address = places[index].address;
            unpin(index);
            registration.released(address);
        }
    }

    private void unpin(int index) {
        if (tableMade) {
            int result = table.clear(index);
            assert result == 0 : "fixed buffer " + index + " cannot be cleared: " + Errno.text(-result);
        }
        pinned--;
        free(index);
    }

    /**
     * Lets go of all slabs; the ring is closed next.
     *
     * @param allBack the kernel has no operation of this ring; else it keeps the pages of those until they end
     */
    void close(boolean allBack) {
        if (tableMade && allBack) {
            table.unregister();
        }
        tableMade = false;
        registration.close();
        unpinDeparting();
    }
}
