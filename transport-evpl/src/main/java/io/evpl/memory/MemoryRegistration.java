package io.evpl.memory;

import io.netty.buffer.ByteBuf;

import java.util.Arrays;

/** What one engine knows of an allocator's slabs, by address. Looking up is for any thread that holds the buffer. */
public final class MemoryRegistration implements AutoCloseable {
    /** No slab of this allocator is there. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    final MemoryRegistrar registrar;
    private final SlabPool pool;
    /** By slot. Who has a buffer got it after its slab was registered, which orders the two. */
    private final long[] keys;

    MemoryRegistration(SlabPool pool, MemoryRegistrar registrar, int slots) {
        this.pool = pool;
        this.registrar = registrar;
        keys = new long[slots];
        Arrays.fill(keys, UNKNOWN);
    }

    /**
     * The engine's name for the slab that {@code address} is in.
     *
     * @return 0 or more; the engine's -errno if it refused the slab; {@link #UNKNOWN} if the memory is not the allocator's
     */
    public long key(long address) {
        int slot = pool.slotOf(address);
        return slot < 0 ? UNKNOWN : keys[slot];
    }

    /** Whether the engine may touch a buffer: all of its memory in one piece, and registered. */
    public boolean isRegistered(ByteBuf buffer) {
        return buffer.hasMemoryAddress() && key(buffer.memoryAddress()) >= 0;
    }

    /** The engine has let go of a slab that {@link MemoryRegistrar#unregister} could not release at once. Any thread. */
    public void released(long address) {
        pool.released(address);
    }

    /** The engine goes: unregisters all slabs. It must not be using any buffer, and what it has to release it still has to. */
    @Override
    public void close() {
        pool.detach(this);
    }

    void added(Slab slab) {
        set(slab, registrar.register(pool.addressOf(slab), pool.bytesOf(slab)));
    }

    /** @return whether the engine has let go of it */
    boolean removed(Slab slab) {
        long key = keys[slab.slot];
        set(slab, UNKNOWN);
        return key < 0 || registrar.unregister(pool.addressOf(slab), pool.bytesOf(slab), key);
    }

    private void set(Slab slab, long key) {
        Arrays.fill(keys, slab.slot, slab.slot + slab.slots, key);
    }
}
