package io.evpl.linux.uring;

/**
 * The other side of a ring: the kernel, or in tests a scripted one that reads the same entries and writes the same
 * completions. All methods run on the ring's thread, and return {@code -errno} on failure.
 */
public interface RingKernel extends AutoCloseable {
    /** No limit to the wait. */
    long FOREVER = -1;

    /**
     * io_uring_enter(2).
     *
     * @param toSubmit    entries between the submission ring's head and its tail
     * @param minComplete completions to wait for, 0 to return at once
     * @param flags       {@code ENTER_*} of {@link UringAbi}
     * @param timeoutNs   upper limit of the wait, or {@link #FOREVER}
     * @return entries consumed; 0 also when the wait ended by its time or by a signal
     */
    int enter(int toSubmit, int minComplete, int flags, long timeoutNs);

    /** io_uring_register(2). */
    int register(int operation, long argument, int argumentCount);

    /** Ends the ring: the kernel cancels what is in flight. The ring's memory is unusable afterwards. */
    @Override
    void close();
}
