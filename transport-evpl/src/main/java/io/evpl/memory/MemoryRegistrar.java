package io.evpl.memory;

/**
 * An engine that must know memory before it may touch it: a ring's fixed buffers, a network card, a disk. It is told of
 * each slab once, and before the slab goes.
 *
 * <p>Called under the allocator's lock, by any thread: methods neither allocate from the allocator nor wait for a thread that
 * does. Registered is for the machine's own devices. A peer is never given access to a slab, in which there are others'
 * buffers too; what peers may reach is registered by itself.
 */
public interface MemoryRegistrar {
    /**
     * A slab has come. It stays where it is until {@link #unregister}.
     *
     * @return the engine's name for it, 0 or more; or -errno, and its buffers are not registered with this engine
     */
    long register(long address, long bytes);

    /**
     * A slab goes, of which no buffer is in use. Called for what {@link #register} named.
     *
     * @return true: the engine does not touch it any more. False: some other thread has to see to that; it then calls
     *         {@link MemoryRegistration#released}, and until then the slab keeps its memory and its place below the cap
     */
    boolean unregister(long address, long bytes, long key);
}
