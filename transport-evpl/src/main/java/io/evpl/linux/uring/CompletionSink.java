package io.evpl.linux.uring;

/** Takes completions out of a ring, on the ring's thread. */
@FunctionalInterface
public interface CompletionSink {
    /**
     * @param userData what the operation was submitted with
     * @param res      its result, 0 or more, or {@code -errno}
     * @param flags    {@code CQE_F_*} of {@link UringAbi}
     */
    void complete(long userData, int res, int flags);
}
