package io.evpl.linux.uring;

import io.evpl.linux.Errno;

import static io.evpl.linux.NativeAddress.getInt;
import static io.evpl.linux.NativeAddress.getIntAcquire;
import static io.evpl.linux.NativeAddress.putInt;
import static io.evpl.linux.NativeAddress.putIntRelease;

/**
 * One io_uring. Entries are prepared with {@link #sqe()} and go to the kernel together, at the next {@link #submit()};
 * completions are taken by {@link #reap}. One thread only.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/io_uring.7.html">io_uring(7)</a>
 */
public final class Ring implements AutoCloseable {
    private final RingKernel kernel;
    private final long sqHead;
    private final long sqTail;
    private final long sqFlags;
    private final long sqArray;
    private final long sqes;
    private final int sqMask;
    private final long cqHead;
    private final long cqTail;
    private final long cqOverflow;
    private final long cqes;
    private final int cqMask;

    private int tail;
    private int submitted;
    private int head;
    private long enters;
    /**
     * The kernel says that it holds work back, and had none when it was last asked. Its other CPU adds work before it sets the
     * flag: if we are asked in between, the work is done and the flag stays, until work comes again and is done.
     * io_req_local_work_add() in io_uring/io_uring.c.
     */
    private boolean flagIsStale;

    /** A ring over {@code memory}, driven by {@code kernel}; the caller closes the ring, the ring its kernel. */
    public Ring(RingKernel kernel, RingMemory memory) {
        this.kernel = kernel;
        sqHead = memory.sqHead();
        sqTail = memory.sqTail();
        sqFlags = memory.sqFlags();
        sqArray = memory.sqArray();
        sqes = memory.sqes();
        sqMask = memory.sqEntries() - 1;
        cqHead = memory.cqHead();
        cqTail = memory.cqTail();
        cqOverflow = memory.cqOverflow();
        cqes = memory.cqes();
        cqMask = memory.cqEntries() - 1;
        // With NO_SQARRAY entries are taken by place; otherwise the indirection is set once, to the identity.
        for (int i = 0; sqArray != 0 && i <= sqMask; i++) {
            putInt(sqArray + i * 4L, i);
        }
        tail = getInt(sqTail);
        submitted = tail;
        head = getInt(cqHead);
    }

    public RingKernel kernel() {
        return kernel;
    }

    /**
     * The next submission queue entry, to be filled before the next call. When the queue is full, what is prepared is
     * submitted first: the only time a turn enters the kernel twice.
     *
     * @return its address; never fails, but throws {@link IllegalStateException} if the kernel takes nothing
     */
    public long sqe() {
        if (tail - getIntAcquire(sqHead) > sqMask) {
            makeRoom();
        }
        return sqes + (long) (tail++ & sqMask) * Sqe.BYTES;
    }

    private void makeRoom() {
        submit();
        if (tail - getIntAcquire(sqHead) > sqMask) {
            throw new IllegalStateException("submission queue full (" + (sqMask + 1)
                    + " entries) and the kernel takes none: completions must be reaped first");
        }
    }

    /** Entries prepared that the kernel has not seen. */
    public int unsubmitted() {
        return tail - submitted;
    }

    /**
     * Whether entering or reaping would find something: completions in the queue, or the kernel's word that it holds
     * some back (task work not yet run, or an overflown queue). Reads shared memory only. A word that did not hold the last time is not
     * believed again; see {@link #look()}.
     */
    public boolean hasWork() {
        return hasCompletions() || wantsEnter() && !flagIsStale;
    }

    /** As {@link #hasWork()}, for those who look again and again: while memory does not tell, the kernel is entered. */
    public boolean look() {
        if (flagIsStale && !hasCompletions()) {
            submit();
        }
        return hasWork();
    }

    public boolean hasCompletions() {
        return getIntAcquire(cqTail) != head;
    }

    /** The kernel says that it holds completions back until it is entered. */
    public boolean wantsEnter() {
        return (getIntAcquire(sqFlags) & (UringAbi.SQ_TASKRUN | UringAbi.SQ_CQ_OVERFLOW)) != 0;
    }

    /** Hands over what is prepared and lets the kernel run what it had deferred; never waits. @return as {@link #enter} */
    public int submit() {
        return enter(0, RingKernel.FOREVER);
    }

    /** Hands over what is prepared and waits for one completion. @return as {@link #enter} */
    public int submitAndWait(long timeoutNs) {
        return enter(1, timeoutNs);
    }

    /**
     * @return 0 or more, or an errno that is a value here: {@code -EINTR}, {@code -ETIME}; {@code -EAGAIN},
     *         {@code -EBUSY} (memory is short or the completion queue overflows: reap, then try again)
     */
    private int enter(int minComplete, long timeoutNs) {
        // Entries must be visible before the tail: io_uring(7), "Submitting". Pairs with the kernel's load-acquire.
        putIntRelease(sqTail, tail);
        enters++;
        int result = kernel.enter(tail - submitted, minComplete, UringAbi.ENTER_GETEVENTS, timeoutNs);
        flagIsStale = !hasCompletions() && wantsEnter();
        if (result >= 0) {
            submitted += result;
            assert submitted - tail <= 0 : "kernel took more than was there";
            return result;
        }
        return switch (-result) {
            case Errno.EINTR, Errno.ETIME, Errno.EAGAIN, Errno.EBUSY -> result;
            // The kernel could not keep an overflown completion: an operation of ours will never complete.
            case Errno.EBADR -> throw new AssertionError("completions were dropped, " + this);
            default -> throw new AssertionError("io_uring_enter: " + Errno.text(-result) + ", " + this);
        };
    }

    /**
     * Dispatches completions in the order in which they came.
     *
     * @param budget at most so many
     * @return how many
     */
    public int reap(int budget, CompletionSink sink) {
        int count = Math.min(getIntAcquire(cqTail) - head, budget);
        for (int i = 0; i < count; i++) {
            long cqe = cqes + (long) (head & cqMask) * Cqe.BYTES;
            long userData = Cqe.userData(cqe);
            int res = Cqe.res(cqe);
            int flags = Cqe.flags(cqe);
            head++;
            sink.complete(userData, res, flags);
        }
        if (count > 0) {
            // The entries are read; the kernel may write over them. Pairs with its load-acquire of the head.
            putIntRelease(cqHead, head);
        }
        return count;
    }

    /** Times the kernel was entered; tests count with it. */
    public long enters() {
        return enters;
    }

    /** Completions the kernel could not store because the queue was full and it may not keep them aside. */
    public int dropped() {
        return getIntAcquire(cqOverflow);
    }

    @Override
    public void close() {
        kernel.close();
    }

    @Override
    public String toString() {
        return "Ring[sq " + getInt(sqHead) + ".." + tail + " of " + (sqMask + 1) + ", submitted " + submitted
                + ", cq " + head + ".." + getInt(cqTail) + " of " + (cqMask + 1)
                + ", flags 0x" + Integer.toHexString(getInt(sqFlags)) + ", overflow " + getInt(cqOverflow) + ']';
    }
}
