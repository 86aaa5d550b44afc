package io.evpl.uring;

/**
 * One operation that the kernel has, or a free place for one. Places are reused; {@link #id} tells a late completion of
 * the former tenant from the present one's.
 */
final class Op {
    static final int RECV = 0;
    static final int SEND = 1;
    static final int CONNECT = 2;
    static final int ACCEPT = 3;
    static final int POLL = 4;
    static final int WAKE = 5;

    /** Whom its completions go to. All on the loop's thread. */
    interface Target {
        /** @param more the kernel keeps the operation: further completions come */
        void completed(Op op, int res, int flags, boolean more);
    }

    final int index;
    int generation;
    int kind;
    Target target;
    /** Buffers that the kernel reads from or writes to, released with the last completion; null if its owner has them. */
    Object held;

    Op(int index) {
        this.index = index;
    }

    /** The user_data it is submitted with: never reused while 2^32 operations in the same place have not gone by. */
    long id() {
        return (long) generation << 32 | index;
    }

    boolean isFree() {
        return target == null;
    }
}
