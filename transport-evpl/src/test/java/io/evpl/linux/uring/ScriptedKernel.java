package io.evpl.linux.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

import static io.evpl.linux.NativeAddress.getInt;
import static io.evpl.linux.NativeAddress.getIntAcquire;
import static io.evpl.linux.NativeAddress.putInt;
import static io.evpl.linux.NativeAddress.putIntRelease;
import static io.evpl.linux.NativeAddress.putLong;

/**
 * A kernel that a test plays: it reads the real bytes of submission queue entries, and writes real completions, real
 * buffer ring entries and the real flags word, all in plain memory.
 *
 * <p>An operation goes to its opcode's {@link Handler}, else to its descriptor's {@link ScriptedSocket}, else it stays in
 * flight until the test completes it: {@code kernel.only(OP_SEND).complete(-ECANCELED)}. A cancellation by user_data or
 * descriptor does what the kernel's does. What the two kernels have in common is tested on both:
 * {@link RingKernelContract}.
 *
 * <p>Not modelled, and refused: links, fixed files, drained and hard-linked entries.
 *
 * <p>One thread at a time; {@link Sleep} says what happens when the ring's thread would wait.
 */
public final class ScriptedKernel implements RingKernel {
    private static final int WORDS_BYTES = 256;
    private static final int SQ_HEAD = 0;
    private static final int SQ_TAIL = 4;
    private static final int SQ_FLAGS = 8;
    private static final int CQ_HEAD = 64;
    private static final int CQ_TAIL = 68;
    private static final int CQ_OVERFLOW = 72;
    private static final int EEXIST = 17;
    private static final int KNOWN_SQE_FLAGS = UringAbi.SQE_BUFFER_SELECT;

    /** Takes one operation; completes it now, or keeps it for later. */
    @FunctionalInterface
    public interface Handler {
        void submitted(Submission operation);
    }

    /** What a wait for a completion does when there is none. */
    @FunctionalInterface
    public interface Sleep {
        /** @return 0 if completions may have come, else -errno, which {@link ScriptedKernel#enter} returns */
        int sleep(long timeoutNs);

        /** A wait with a limit times out at once; one without fails the test, for nobody could end it. */
        Sleep NEVER_SLEEPS = timeoutNs -> {
            if (timeoutNs == FOREVER) {
                throw new AssertionError("the ring waits for a completion that no script will bring");
            }
            return -Errno.ETIME;
        };
    }

    private record Completion(long userData, int res, int flags) {
    }

    private final Arena arena = Arena.ofShared();
    private final RingMemory memory;
    private final Map<Integer, Handler> handlers = new HashMap<>();
    private final Map<Integer, ScriptedSocket> sockets = new HashMap<>();
    private final Map<Integer, ScriptedBuffers> bufferGroups = new HashMap<>();
    private final ScriptedBufferTable fixedBuffers = new ScriptedBufferTable();
    private final List<Submission> inFlight = new ArrayList<>();
    private final List<Submission> history = new ArrayList<>();
    private final Queue<Integer> enterResults = new ArrayDeque<>();
    private final Queue<Completion> taskWork = new ArrayDeque<>();
    private final Queue<Completion> backlog = new ArrayDeque<>();
    private Sleep sleep = Sleep.NEVER_SLEEPS;
    private boolean defersTaskWork;
    private boolean entered;
    private boolean closed;
    private long enters;

    private ScriptedKernel(int sqEntries, int cqEntries, boolean sqArray, int firstIndex) {
        long words = NativeAddress.allocate(arena, WORDS_BYTES);
        memory = new RingMemory(words + SQ_HEAD, words + SQ_TAIL, words + SQ_FLAGS,
                sqArray ? NativeAddress.allocate(arena, sqEntries * 4L) : 0,
                NativeAddress.allocate(arena, (long) sqEntries * Sqe.BYTES), sqEntries,
                words + CQ_HEAD, words + CQ_TAIL, words + CQ_OVERFLOW,
                NativeAddress.allocate(arena, (long) cqEntries * Cqe.BYTES), cqEntries);
        putInt(memory.sqHead(), firstIndex);
        putInt(memory.sqTail(), firstIndex);
        putInt(memory.cqHead(), firstIndex);
        putInt(memory.cqTail(), firstIndex);
    }

    /** A kernel whose ring takes entries by their place (NO_SQARRAY). */
    public static ScriptedKernel of(int sqEntries, int cqEntries) {
        return new ScriptedKernel(sqEntries, cqEntries, false, 0);
    }

    /** As {@link #of}, with the indirection that older kernels have. */
    public static ScriptedKernel withSqArray(int sqEntries, int cqEntries) {
        return new ScriptedKernel(sqEntries, cqEntries, true, 0);
    }

    /** As {@link #of}, in the middle of its life: heads and tails begin at {@code firstIndex}. */
    public static ScriptedKernel startingAt(int firstIndex, int sqEntries, int cqEntries) {
        return new ScriptedKernel(sqEntries, cqEntries, false, firstIndex);
    }

    public RingMemory memory() {
        return memory;
    }

    // ---- the script: what happens to operations

    /** Every operation of this opcode goes to {@code handler}. */
    public ScriptedKernel on(int opcode, Handler handler) {
        handlers.put(opcode, handler);
        return this;
    }

    /** A socket whose traffic the test plays; operations on {@code fd} go to it. */
    public ScriptedSocket socket(int fd) {
        return sockets.computeIfAbsent(fd, number -> new ScriptedSocket());
    }

    /** Each of the next enters returns one of these: {@code -errno}, or how many entries it takes at most. */
    public void nextEnters(int... results) {
        for (int result : results) {
            enterResults.add(result);
        }
    }

    /** DEFER_TASKRUN: completions wait for the ring's thread to enter, and SQ_TASKRUN says that they do. */
    public void deferTaskWork() {
        defersTaskWork = true;
    }

    /** The flag comes when the work it is about is done: the kernel's other CPU adds work first, and tells then. */
    public void tellOfTaskWorkTooLate() {
        setFlag(UringAbi.SQ_TASKRUN, true);
    }

    public void onSleep(Sleep sleep) {
        this.sleep = sleep;
    }

    /** No fixed buffer is taken from now on: {@code errno} instead. */
    public void refuseFixedBuffers(int errno) {
        fixedBuffers.refuse(errno);
    }

    // ---- the script: what the kernel has

    /** Operations in flight, oldest first. */
    public List<Submission> inFlight() {
        return List.copyOf(inFlight);
    }

    public List<Submission> inFlight(int opcode) {
        return inFlight.stream().filter(operation -> operation.opcode() == opcode).toList();
    }

    /** The one operation of this opcode in flight. */
    public Submission only(int opcode) {
        List<Submission> found = inFlight(opcode);
        if (found.size() != 1) {
            throw new AssertionError("operations " + opcode + " in flight: " + found);
        }
        return found.get(0);
    }

    /** How many operations of this opcode were ever submitted. */
    public int submissions(int opcode) {
        return (int) history.stream().filter(operation -> operation.opcode() == opcode).count();
    }

    /** The last operation of this opcode that was submitted, in flight or not. */
    public Submission last(int opcode) {
        return history.reversed().stream().filter(operation -> operation.opcode() == opcode).findFirst()
                .orElseThrow(() -> new AssertionError("no operation " + opcode + " was submitted"));
    }

    /** Times the ring entered. */
    public long enters() {
        return enters;
    }

    public boolean isClosed() {
        return closed;
    }

    /** A group's buffers, registered by the code under test. */
    public ScriptedBuffers buffers(int group) {
        ScriptedBuffers buffers = bufferGroups.get(group);
        if (buffers == null) {
            throw new AssertionError("no buffer group " + group);
        }
        return buffers;
    }

    public boolean hasBuffers(int group) {
        return bufferGroups.containsKey(group);
    }

    /** Fixed buffers that are registered. */
    public int fixedBuffers() {
        return fixedBuffers.count();
    }

    /** How often one was put into its place or taken away. */
    public int fixedBufferUpdates() {
        return fixedBuffers.updates();
    }

    // ---- the kernel's side

    @Override
    public int enter(int toSubmit, int minComplete, int flags, long timeoutNs) {
        assertOpen();
        enters++;
        int atMost = toSubmit;
        if (!enterResults.isEmpty()) {
            int result = enterResults.poll();
            if (result < 0) {
                return result;
            }
            atMost = Math.min(atMost, result);
        }
        entered = true;
        try {
            int consumed = consume(atMost);
            return (flags & UringAbi.ENTER_GETEVENTS) == 0 ? consumed : getEvents(consumed, minComplete, timeoutNs);
        } finally {
            entered = false;
        }
    }

    private int consume(int atMost) {
        int head = getInt(memory.sqHead());
        int available = getIntAcquire(memory.sqTail()) - head;
        int consumed = Math.min(atMost, available);
        for (int i = 0; i < consumed; i++) {
            int place = head & memory.sqEntries() - 1;
            if (memory.sqArray() != 0) {
                place = getInt(memory.sqArray() + place * 4L);
            }
            Submission operation = new Submission(this, memory.sqes() + (long) place * Sqe.BYTES);
            // The entry is the ring's again as soon as the kernel has read it.
            putIntRelease(memory.sqHead(), ++head);
            submitted(operation);
        }
        return consumed;
    }

    private void submitted(Submission operation) {
        if ((operation.flags() & ~KNOWN_SQE_FLAGS) != 0) {
            throw new AssertionError("entry flags that no script models: " + operation.flags());
        }
        history.add(operation);
        inFlight.add(operation);
        Handler handler = handlers.get(operation.opcode());
        if (operation.isFixed() && !fixedBuffers.holds(operation.bufGroup(), operation.addr(), operation.len())) {
            operation.completeBeforeNotification(-Errno.EFAULT);
            operation.notifySent(false);
        } else if (handler != null) {
            handler.submitted(operation);
        } else if (operation.opcode() == UringAbi.OP_NOP) {
            operation.complete(0);
        } else if (operation.opcode() == UringAbi.OP_ASYNC_CANCEL) {
            cancel(operation);
        } else if (sockets.containsKey(operation.fd())) {
            sockets.get(operation.fd()).submitted(operation);
        }
    }

    /** {@code io_uring_prep_cancel(3)}: 0 or how many were found, -ENOENT, -EALREADY. */
    private void cancel(Submission cancellation) {
        boolean byFd = (cancellation.opFlags() & UringAbi.ASYNC_CANCEL_FD) != 0;
        boolean all = (cancellation.opFlags() & UringAbi.ASYNC_CANCEL_ALL) != 0;
        List<Submission> targets = inFlight.stream().filter(operation -> operation != cancellation
                && (byFd ? operation.fd() == cancellation.fd() : operation.userData() == cancellation.addr())).toList();
        int cancelled = 0;
        for (Submission target : all ? targets : targets.stream().limit(1).toList()) {
            if (target.isCancellable()) {
                target.complete(-Errno.ECANCELED);
                cancelled++;
            }
        }
        cancellation.complete(targets.isEmpty() ? -Errno.ENOENT : cancelled == 0 ? -Errno.EALREADY : all ? cancelled : 0);
    }

    private int getEvents(int consumed, int minComplete, long timeoutNs) {
        collect();
        while (completions() < minComplete) {
            int result = sleep.sleep(timeoutNs);
            collect();
            if (result < 0) {
                return consumed > 0 || result == -Errno.ETIME ? consumed : result;
            }
        }
        return consumed;
    }

    private void collect() {
        if (!taskWork.isEmpty()) { // else the flag stays: io_cqring_wait() looks at the work, not at what it told us
            setFlag(UringAbi.SQ_TASKRUN, false);
        }
        while (!taskWork.isEmpty()) {
            post(taskWork.poll());
        }
        flushBacklog();
    }

    private int completions() {
        return getInt(memory.cqTail()) - getIntAcquire(memory.cqHead());
    }

    void completed(Submission operation, int res, int flags) {
        assertOpen();
        if (!operation.isInFlight()) {
            inFlight.remove(operation);
        }
        Completion completion = new Completion(operation.userData(), res, flags);
        if (defersTaskWork && !entered) {
            taskWork.add(completion);
            setFlag(UringAbi.SQ_TASKRUN, true);
        } else {
            post(completion);
        }
    }

    /** A completion of an operation that the kernel does not have: late, or made up. */
    public void completeUnknown(long userData, int res, int flags) {
        post(new Completion(userData, res, flags));
    }

    private void post(Completion completion) {
        if (backlog.isEmpty() && completions() < memory.cqEntries()) {
            write(completion);
        } else {
            backlog.add(completion); // IORING_FEAT_NODROP
            setFlag(UringAbi.SQ_CQ_OVERFLOW, true);
        }
    }

    private void flushBacklog() {
        while (!backlog.isEmpty() && completions() < memory.cqEntries()) {
            write(backlog.poll());
        }
        setFlag(UringAbi.SQ_CQ_OVERFLOW, !backlog.isEmpty());
    }

    private void write(Completion completion) {
        int tail = getInt(memory.cqTail());
        long cqe = memory.cqes() + (long) (tail & memory.cqEntries() - 1) * Cqe.BYTES;
        putLong(cqe + Cqe.USER_DATA, completion.userData());
        putInt(cqe + Cqe.RES, completion.res());
        putInt(cqe + Cqe.FLAGS, completion.flags());
        // The entry must be there before the tail says so; pairs with the ring's load-acquire.
        putIntRelease(memory.cqTail(), tail + 1);
    }

    private void setFlag(int flag, boolean on) {
        int flags = getInt(memory.sqFlags());
        putIntRelease(memory.sqFlags(), on ? flags | flag : flags & ~flag);
    }

    int receive(Submission operation, byte[] data) {
        int done = 0;
        while (done < data.length && operation.isInFlight()) {
            int more = operation.isMultishot() ? UringAbi.CQE_F_MORE : 0;
            if (operation.selectsBuffer()) {
                ScriptedBuffers group = buffers(operation.bufGroup());
                if (group.isEmpty()) {
                    operation.complete(-Errno.ENOBUFS);
                    break;
                }
                ScriptedBuffers.Filled filled = group.fill(data, done);
                done += filled.bytes();
                operation.complete(filled.bytes(), filled.flags() | more);
            } else {
                int bytes = Math.min(data.length - done, operation.len());
                NativeAddress.copyIn(data, done, operation.addr(), bytes);
                done += bytes;
                operation.complete(bytes, more);
            }
        }
        return done;
    }

    @Override
    public int register(int operation, long argument, int argumentCount) {
        assertOpen();
        return switch (operation) {
            case UringAbi.REGISTER_PBUF_RING -> {
                ScriptedBuffers buffers = ScriptedBuffers.of(argument);
                yield bufferGroups.putIfAbsent(buffers.group(), buffers) == null ? 0 : -EEXIST;
            }
            case UringAbi.UNREGISTER_PBUF_RING ->
                    bufferGroups.remove(ScriptedBuffers.groupOf(argument)) == null ? -Errno.EINVAL : 0;
            case UringAbi.REGISTER_BUFFERS2 -> fixedBuffers.register(argument);
            case UringAbi.REGISTER_BUFFERS_UPDATE -> fixedBuffers.update(argument);
            case UringAbi.UNREGISTER_BUFFERS -> fixedBuffers.unregister();
            case UringAbi.REGISTER_ENABLE_RINGS -> 0;
            default -> -Errno.EINVAL;
        };
    }

    private void assertOpen() {
        if (closed) {
            throw new AssertionError("the ring is closed");
        }
    }

    /** What is in flight is never completed. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            arena.close();
        }
    }
}
