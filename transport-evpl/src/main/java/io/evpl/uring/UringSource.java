package io.evpl.uring;

import io.evpl.channel.AddressCache;
import io.evpl.channel.ChannelIo;
import io.evpl.channel.DatagramEvents;
import io.evpl.channel.DatagramIo;
import io.evpl.channel.ServerEvents;
import io.evpl.channel.StreamEvents;
import io.evpl.channel.StreamIo;
import io.evpl.channel.Transport;
import io.evpl.linux.Errno;
import io.evpl.linux.Mapping;
import io.evpl.linux.uring.LinuxRingKernel;
import io.evpl.linux.uring.Ring;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.RingFeatures;
import io.evpl.linux.uring.RingKernel;
import io.evpl.linux.uring.Sqe;
import io.evpl.loop.FdWatch;
import io.evpl.loop.Readiness;
import io.evpl.loop.Sleeper;
import io.evpl.loop.WakeFd;
import io.evpl.memory.EvplAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.ThreadExecutorMap;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * A loop's ring: sleeps in it, and gives each channel its half of it. Created by any thread; the thread of the first
 * {@link #start()} owns it from then on.
 */
public final class UringSource implements Transport, Op.Target {
    /** Memory for what entries point to until they are submitted: message headers, iovecs, addresses. */
    private static final int SCRATCH_BYTES = 256 << 10;
    private static final int BUFFER_GROUP = 0;
    private static final int POLLIN = 1;
    /** poll(2) flag beyond 16 bits: edges only. */
    private static final int EPOLLET = 1 << 31;
    /** Turns that the kernel is given to return what was cancelled. */
    private static final int CLOSE_TURNS = 1000;
    private static final long CLOSE_TURN_NS = 1_000_000;

    /** What to build a ring with. Small messages are copied to buffers of {@code copyAllocator}; its slabs are fixed buffers. */
    public record Settings(int sqEntries, int cqEntries, int bufferCount, int bufferBytes, int zeroCopyBytes,
                           ByteBufAllocator copyAllocator) {
    }

    /** Whose completions of one poll belong together. */
    interface Batched {
        void batchEnded();
    }

    private final Ring ring;
    private final RingFeatures features;
    private final Settings settings;
    private final OpTable ops = new OpTable();
    private final WakeFd wakeFd;
    private final Mapping scratch;
    /** On a loop of somebody else's only: the kernel rings it. */
    private WakeFd bell;
    private BufferRing buffers;
    private DatagramBuffers datagramBuffers;
    private FixedBuffers fixedBuffers;
    private AddressCache addresses;
    private boolean started;
    private boolean closing;
    private int scratchUsed;
    private Batched[] batch = new Batched[64];
    private int batchCount;

    private UringSource(Ring ring, RingFeatures features, Settings settings, WakeFd wakeFd, Mapping scratch) {
        this.ring = ring;
        this.features = features;
        this.settings = settings;
        this.wakeFd = wakeFd;
        this.scratch = scratch;
    }

    /** @throws IOException the kernel refuses a ring or a descriptor; nothing is left open */
    public static UringSource open(RingFeatures features, Settings settings, WakeFd wakeFd) throws IOException {
        Mapping scratch = Mapping.anonymous(SCRATCH_BYTES);
        try {
            LinuxRingKernel kernel =
                    LinuxRingKernel.open(settings.sqEntries(), settings.cqEntries(), features.setupFlags());
            return new UringSource(new Ring(kernel, kernel.memory()), features, settings, wakeFd, scratch);
        } catch (IOException e) {
            scratch.close();
            throw e;
        }
    }

    /** A source over a kernel that tests script. */
    static UringSource scripted(Ring ring, RingFeatures features, Settings settings, WakeFd wakeFd)
            throws IOException {
        return new UringSource(ring, features, settings, wakeFd, Mapping.anonymous(SCRATCH_BYTES));
    }

    @Override
    public void start() throws IOException {
        if (ring.kernel() instanceof LinuxRingKernel kernel) {
            int result = kernel.enable();
            if (result < 0) {
                throw Errno.toException("io_uring_enable_rings", result);
            }
            if (features.has(RingFeature.REGISTERED_RING_FD)) {
                kernel.registerRingFd(); // refused, enters look the descriptor up: slower, nothing else
            }
        }
        if (features.has(RingFeature.BUFFER_RING)) {
            buffers = new BufferRing(ring.kernel(), BUFFER_GROUP, settings.bufferCount(), settings.bufferBytes(),
                    features.has(RingFeature.INCREMENTAL_BUFFERS), PooledByteBufAllocator.DEFAULT,
                    settings.copyAllocator());
        }
        armWake();
        started = true;
    }

    /**
     * The kernel rings an eventfd. The ring's own descriptor would not do: a ring that defers its work (DEFER_TASKRUN) does not
     * wake those who poll it before the work is done, and nobody does it.
     */
    @Override
    public void startHosted() throws IOException {
        start();
        bell = new WakeFd();
        int result = ring.kernel() instanceof LinuxRingKernel kernel ? kernel.registerEventfd(bell.fd()) : 0;
        if (result < 0) {
            throw Errno.toException("io_uring_register of an eventfd", result);
        }
    }

    @Override
    public StreamIo stream(StreamEvents events) {
        return new UringStreamIo(this, events);
    }

    @Override
    public ChannelIo server(ServerEvents events) {
        return new UringServerIo(this, events);
    }

    @Override
    public DatagramIo datagram(DatagramEvents events) throws IOException {
        if (addresses == null) {
            addresses = new AddressCache();
            datagramBuffers = new DatagramBuffers(ring.kernel(), BUFFER_GROUP + 1);
        }
        return new UringDatagramIo(this, events, addresses);
    }

    @Override
    public void settle(BooleanSupplier busy) {
        for (int turn = 0; busy.getAsBoolean() && turn < CLOSE_TURNS; turn++) {
            ring.submitAndWait(CLOSE_TURN_NS);
            poll(Integer.MAX_VALUE);
        }
    }

    @Override
    public long lentBytes() {
        return (buffers == null ? 0 : buffers.lentBytes()) + (datagramBuffers == null ? 0 : datagramBuffers.lentBytes());
    }

    // ---- what the channels' halves use

    Ring ring() {
        return ring;
    }

    OpTable ops() {
        return ops;
    }

    boolean has(RingFeature feature) {
        return features.has(feature);
    }

    /** @return null if the kernel has none: receives then bring their own buffer */
    BufferRing buffers() {
        return buffers;
    }

    DatagramBuffers datagramBuffers() {
        return datagramBuffers;
    }

    int zeroCopyBytes() {
        return features.has(RingFeature.SEND_ZC) ? settings.zeroCopyBytes() : -1;
    }

    /**
     * Which of the ring's fixed buffers memory at {@code address} lies in, for an operation on it; pins its slab if it is
     * the first.
     *
     * @return {@link FixedBuffers#NONE} if it is in no slab, or the kernel has none for it
     */
    int fixedBuffer(long address) {
        if (fixedBuffers == null && !openFixedBuffers(address)) {
            return FixedBuffers.NONE;
        }
        return fixedBuffers.indexOf(address);
    }

    private boolean openFixedBuffers(long address) {
        if (!features.has(RingFeature.FIXED_BUFFERS) || !(settings.copyAllocator() instanceof EvplAllocator slabs)
                || !slabs.hasAddress(address)) {
            return false;
        }
        fixedBuffers = new FixedBuffers(ring.kernel(), slabs, ThreadExecutorMap.currentExecutor());
        return true;
    }

    /**
     * Memory for an entry to point to. It is the caller's until the entry is submitted (the kernel has copied it by
     * then: IORING_FEAT_SUBMIT_STABLE). Call before {@link Ring#sqe()} of that entry.
     */
    long scratch(int bytes) {
        assert bytes <= SCRATCH_BYTES : bytes + " bytes of scratch";
        if (ring.unsubmitted() == 0) {
            scratchUsed = 0;
        } else if (scratchUsed + bytes > SCRATCH_BYTES) {
            while (ring.unsubmitted() > 0) {
                ring.submit();
            }
            scratchUsed = 0;
        }
        long address = scratch.address() + scratchUsed;
        scratchUsed += bytes + 7 & ~7;
        return address;
    }

    /** Operations are being taken back: what comes to its end is not prepared again. */
    boolean isClosing() {
        return closing;
    }

    /** Hands over what is prepared before the turn ends. */
    void submit() {
        ring.submit();
    }

    /** Takes an operation back. Its own completion, perhaps -ECANCELED, follows. */
    void cancel(Op op) {
        Sqe.cancel(ring.sqe(), op.id(), OpTable.IGNORED);
    }

    /** Has {@link Batched#batchEnded()} called once the completions at hand are dispatched. */
    void endBatchOf(Batched io) {
        if (batchCount > 0 && batch[batchCount - 1] == io) {
            return; // completions of one connection often come in a row
        }
        if (batchCount == batch.length) {
            batch = Arrays.copyOf(batch, batchCount * 2);
        }
        batch[batchCount++] = io;
    }

    // ---- the loop's side

    @Override
    public int poll(int budget) {
        if (!ring.hasCompletions() && (ring.unsubmitted() > 0 || ring.wantsEnter())) {
            ring.submit();
        }
        int count = ring.reap(budget, ops);
        for (int i = 0; i < batchCount; i++) {
            Batched io = batch[i];
            batch[i] = null;
            io.batchEnded();
        }
        batchCount = 0;
        return count;
    }

    @Override
    public boolean hasWork() {
        return ring.hasWork();
    }

    /** The kernel shows in shared memory what it has, nearly always. */
    @Override
    public boolean look() {
        return ring.look();
    }

    @Override
    public void sleep(long timeoutNs) {
        if (ring.hasCompletions()) {
            return;
        }
        ring.submitAndWait(timeoutNs);
    }

    @Override
    public void wake() {
        wakeFd.ring();
    }

    private void armWake() {
        Op op = ops.begin(this, Op.WAKE);
        if (features.has(RingFeature.MULTISHOT_POLL)) {
            Sqe.pollMultishot(ring.sqe(), wakeFd.fd(), POLLIN | EPOLLET, op.id());
        } else {
            Sqe.poll(ring.sqe(), wakeFd.fd(), POLLIN, op.id());
        }
    }

    @Override
    public void completed(Op op, int res, int flags, boolean more) {
        assert op.kind == Op.WAKE : "kind " + op.kind;
        if (!more && res != -Errno.ECANCELED && !closing) {
            wakeFd.drain(); // a poll for one event looks at the level: left readable, it would fire again at once
            armWake();
        }
    }

    /** On a loop of ours, which sleeps in the ring, nobody asks. Rings come all the time; only those after this one count. */
    @Override
    public boolean arm() {
        bell.drain();
        return ring.unsubmitted() == 0 && !ring.look();
    }

    @Override
    public void disarm() {
        // nothing was armed
    }

    @Override
    public int wakeFd() {
        return bell.fd();
    }

    @Override
    public FdWatch watchFd(int fd, int pollEvents, Readiness readiness) {
        return new UringWatch(this, fd, pollEvents, readiness);
    }

    @Override
    public long enters() {
        return ring.enters();
    }

    /** Operations that the kernel has, the wake-up among them. */
    public int inFlight() {
        return ops.inFlight();
    }

    /**
     * Takes every operation back, waits for the kernel to let go, and frees the ring. Memory of an operation that does
     * not come back is abandoned, not freed.
     */
    @Override
    public void close() {
        if (started) {
            takeAllBack();
        }
        boolean allBack = ops.inFlight() == 0;
        if (buffers != null && allBack) {
            buffers.close();
        }
        if (fixedBuffers != null) {
            fixedBuffers.close(allBack);
        }
        if (addresses != null && allBack) {
            datagramBuffers.close();
            addresses.close();
        }
        ring.close();
        if (bell != null) {
            bell.close();
        }
        if (allBack) {
            scratch.close();
        }
    }

    private void takeAllBack() {
        closing = true;
        for (Op op : ops.all()) {
            cancel(op);
        }
        for (int turn = 0; ops.inFlight() > 0 && turn < CLOSE_TURNS; turn++) {
            ring.submitAndWait(CLOSE_TURN_NS);
            ring.reap(Integer.MAX_VALUE, ops);
        }
    }

    @Override
    public String toString() {
        return "io_uring " + ring;
    }

    static {
        assert RingKernel.FOREVER == Sleeper.FOREVER;
    }
}
