package io.evpl.memory;

import io.evpl.loop.LoopClock;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.ThreadExecutorMap;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An allocator of direct buffers in memory of its own, which devices can be told of ({@link #attach}). For any thread.
 *
 * <p>Memory comes in slabs. Each of Netty's threads allocates from runs of its own, without locks, and takes back what others
 * release; other threads share runs and take a lock to allocate. A buffer and its memory belong together and are used again
 * together, so that neither allocating nor releasing makes garbage. Buffers of more than 64 KiB take blocks of a slab, and
 * of more than a slab several, under a lock.
 *
 * <p>{@code buffer()} and {@code ioBuffer()} are direct. All buffers have a memory address, also where the JVM denies
 * {@code Unsafe}. Heap buffers come from {@link PooledByteBufAllocator#DEFAULT}. Allocating throws
 * {@link OutOfSlabMemoryError} at the cap.
 */
public final class EvplAllocator extends AbstractByteBufAllocator
        implements ByteBufAllocatorMetricProvider, ByteBufAllocatorMetric, AutoCloseable {
    private final MemorySettings settings;
    private final SlabPool pool;
    private final RunCache shared;
    private final FastThreadLocal<RunCache> caches = new FastThreadLocal<>() {
        @Override
        protected RunCache initialValue() {
            return new RunCache(EvplAllocator.this, pool, Thread.currentThread(), ThreadExecutorMap.currentExecutor());
        }

        @Override
        protected void onRemoval(RunCache cache) {
            cache.orphan();
        }
    };

    /** Reserves addresses and takes no memory yet. @throws UncheckedIOException there are not so many addresses */
    public EvplAllocator(MemorySettings settings) {
        this(settings, LoopClock.SYSTEM);
    }

    EvplAllocator(MemorySettings settings, LoopClock clock) {
        super(true);
        this.settings = settings;
        try {
            pool = new SlabPool(settings, clock);
        } catch (IOException e) {
            throw new UncheckedIOException("-Dio.evpl.memory.maxBytes=" + settings.maxBytes()
                    + " addresses cannot be reserved; set it lower, or raise ulimit -v", e);
        }
        shared = new RunCache(this, pool, null, null);
    }

    MemorySettings settings() {
        return settings;
    }

    // ---- buffers

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return toLeakAwareBuffer(take(initialCapacity).begin(initialCapacity, maxCapacity));
    }

    /** A buffer of at least {@code bytes}, as its last user left it. */
    SlabByteBuf take(int bytes) {
        if (bytes > SizeClasses.MOST_BYTES) {
            return takeLarge(bytes);
        }
        int sizeClass = SizeClasses.of(bytes);
        if (Thread.currentThread() instanceof FastThreadLocalThread thread && thread.willCleanupFastThreadLocals()) {
            return caches.get().take(sizeClass);
        }
        synchronized (shared) {
            return shared.take(sizeClass);
        }
    }

    private SlabByteBuf takeLarge(int bytes) {
        int whole = (int) Math.min((long) bytes + Slab.BLOCK_BYTES - 1 & -Slab.BLOCK_BYTES, Integer.MAX_VALUE);
        return pool.take(this, null, 0, whole, 1).take();
    }

    void putLarge(Run run) {
        pool.put(run);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return PooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    // Direct whatever Netty prefers: without Unsafe it would be the heap.

    @Override
    public ByteBuf buffer() {
        return directBuffer();
    }

    @Override
    public ByteBuf buffer(int initialCapacity) {
        return directBuffer(initialCapacity);
    }

    @Override
    public ByteBuf buffer(int initialCapacity, int maxCapacity) {
        return directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public CompositeByteBuf compositeBuffer() {
        return compositeDirectBuffer();
    }

    @Override
    public CompositeByteBuf compositeBuffer(int maxNumComponents) {
        return compositeDirectBuffer(maxNumComponents);
    }

    // ---- engines

    /** Whether memory at {@code address} is in a slab, or would be if there were one. Any thread. */
    public boolean hasAddress(long address) {
        return pool.slotOf(address) >= 0;
    }

    /** How many slabs there can be at a time. */
    public int mostSlabs() {
        return pool.slots();
    }

    /** Tells an engine of all slabs, now and from now on, until the result is closed. */
    public MemoryRegistration attach(MemoryRegistrar registrar) {
        return pool.attach(registrar);
    }

    // ---- memory

    /**
     * Gives back at once what nobody uses: empty runs of this thread and of those that share, and slabs that are empty then.
     * Without it slabs go after {@link MemorySettings#emptySlabMs}, as event loops notice.
     */
    public void trim() {
        RunCache own = caches.getIfExists();
        if (own != null) {
            own.trim();
        }
        trimShared();
        pool.returnEmpty(0);
    }

    void returnEmptySlabs() {
        trimShared();
        pool.returnEmpty(settings.emptySlabNs());
    }

    private void trimShared() {
        synchronized (shared) {
            shared.trim();
        }
    }

    @Override
    public ByteBufAllocatorMetric metric() {
        return this;
    }

    @Override
    public long usedHeapMemory() {
        return PooledByteBufAllocator.DEFAULT.metric().usedHeapMemory();
    }

    /** Bytes of slabs, in use or not. */
    @Override
    public long usedDirectMemory() {
        return pool.mappedBytes();
    }

    /** Bytes of slabs that buffers were cut from and that are not given back: those in use, and those kept for threads. */
    public long takenBytes() {
        return pool.takenBytes();
    }

    /** Why slabs are not of huge pages although they were asked for; null if they are, or were not. */
    public String hugePagesRefusal() {
        return pool.hugePagesRefusal();
    }

    /** Returns all memory. @throws IllegalStateException buffers are in use, or other threads keep runs: nothing happens */
    @Override
    public void close() {
        trim();
        pool.close();
    }

    @Override
    public String toString() {
        return "EvplAllocator(" + usedDirectMemory() + " of " + settings.maxBytes() + " bytes in slabs, "
                + takenBytes() + " taken)";
    }
}
