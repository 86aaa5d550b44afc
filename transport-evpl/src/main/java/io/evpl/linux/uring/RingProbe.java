package io.evpl.linux.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.LinuxException;
import io.evpl.linux.Mapping;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Set;

import static io.evpl.linux.NativeAddress.allocate;
import static io.evpl.linux.NativeAddress.getByte;
import static io.evpl.linux.NativeAddress.getShort;
import static io.evpl.linux.NativeAddress.putInt;
import static io.evpl.linux.NativeAddress.putLong;
import static io.evpl.linux.NativeAddress.putShort;

/** Tries each feature on the running kernel: version numbers lie, distributions backport. */
final class RingProbe {
    private static final int TRIAL_ENTRIES = 8;
    private static final int TRIAL_BUFFERS = 8;
    private static final long PAGE_BYTES = 4096;
    private static final int MAX_OPS = 256;
    private static final int[] NEEDED_OPS = {UringAbi.OP_POLL_ADD, UringAbi.OP_SENDMSG, UringAbi.OP_ACCEPT,
        UringAbi.OP_ASYNC_CANCEL, UringAbi.OP_CONNECT, UringAbi.OP_SEND, UringAbi.OP_RECV, UringAbi.OP_RECVMSG};

    /**
     * Completions are never dropped, what entries point to may be reused once they are submitted, a wait can have a limit.
     */
    private static final int NEEDED_FEATURES = UringAbi.FEAT_SINGLE_MMAP | UringAbi.FEAT_NODROP
            | UringAbi.FEAT_SUBMIT_STABLE | UringAbi.FEAT_FAST_POLL | UringAbi.FEAT_EXT_ARG;

    /** @param refusal why io_uring cannot be used, null if it can */
    record Result(String refusal, Set<RingFeature> supported) {
    }

    private final EnumSet<RingFeature> supported = EnumSet.noneOf(RingFeature.class);

    private RingProbe() {
    }

    static Result run() {
        RingProbe probe = new RingProbe();
        String refusal = probe.refusal();
        return new Result(refusal, probe.supported);
    }

    private String refusal() {
        LinuxRingKernel kernel;
        try {
            kernel = LinuxRingKernel.open(TRIAL_ENTRIES, 0, 0);
        } catch (IOException e) {
            return refusal(e);
        }
        try (Ring ring = new Ring(kernel, kernel.memory())) {
            String missing = missingOperation(kernel);
            if (missing != null) {
                return missing;
            }
            trySetupFlags();
            tryRegistrations(kernel);
            tryOperations(ring);
            return null;
        } catch (IOException e) {
            return refusal(e);
        }
    }

    /** What to tell a user for whom io_uring_setup failed. */
    private static String refusal(IOException e) {
        int errno = e instanceof LinuxException failure ? failure.errno() : e instanceof java.net.BindException
                ? Errno.EACCES : 0;
        String fix = switch (errno) {
            case Errno.ENOSYS -> "the kernel has no io_uring, or a seccomp filter hides it: use Linux 6.1 or newer, or"
                    + " in a container a seccomp profile that allows io_uring_setup, _enter and _register";
            case Errno.EPERM, Errno.EACCES -> "io_uring is forbidden here: sysctl kernel.io_uring_disabled=0, or in a"
                    + " container a seccomp profile that allows io_uring_setup, _enter and _register";
            case Errno.ENOMEM -> "locked memory is limited: raise it with ulimit -l or LimitMEMLOCK=";
            case Errno.EMFILE, Errno.ENFILE -> "no descriptors left: raise the limit with ulimit -n";
            default -> "see io_uring_setup(2)";
        };
        return e.getMessage() + "; " + fix;
    }

    private String missingOperation(LinuxRingKernel kernel) {
        if ((kernel.features() & NEEDED_FEATURES) != NEEDED_FEATURES) {
            return "io_uring is older than Linux 5.11 here: use Linux 6.1 or newer";
        }
        try (Arena scratch = Arena.ofConfined()) {
            long probe = allocate(scratch, UringAbi.PROBE_BYTES + (long) MAX_OPS * UringAbi.PROBE_OP_BYTES);
            int result = kernel.register(UringAbi.REGISTER_PROBE, probe, MAX_OPS);
            if (result < 0) {
                return "io_uring is older than Linux 5.6 here (" + Errno.text(-result) + "): use Linux 6.1 or newer";
            }
            for (int op : NEEDED_OPS) {
                if (!hasOperation(probe, op)) {
                    return "io_uring lacks operation " + op + " here: use Linux 6.1 or newer";
                }
            }
            return null;
        }
    }

    private static boolean hasOperation(long probe, int op) {
        int last = getByte(probe + UringAbi.PROBE_LAST_OP) & 0xff;
        long row = probe + UringAbi.PROBE_BYTES + (long) op * UringAbi.PROBE_OP_BYTES;
        return op <= last && (getShort(row + UringAbi.PROBE_OP_FLAGS) & UringAbi.OP_SUPPORTED) != 0;
    }

    private void trySetupFlags() {
        trySetup(RingFeature.SUBMIT_ALL, UringAbi.SETUP_SUBMIT_ALL);
        trySetup(RingFeature.TASKRUN_FLAG, UringAbi.SETUP_COOP_TASKRUN | UringAbi.SETUP_TASKRUN_FLAG);
        trySetup(RingFeature.SINGLE_ISSUER, UringAbi.SETUP_SINGLE_ISSUER);
        trySetup(RingFeature.DEFER_TASKRUN, UringAbi.SETUP_SINGLE_ISSUER | UringAbi.SETUP_DEFER_TASKRUN);
        trySetup(RingFeature.NO_SQARRAY, UringAbi.SETUP_NO_SQARRAY);
    }

    private void trySetup(RingFeature feature, int flags) {
        try {
            LinuxRingKernel.open(TRIAL_ENTRIES, 0, flags).close();
            supported.add(feature);
        } catch (IOException e) {
            // the kernel does not know the flag: that is the answer
        }
    }

    private void tryRegistrations(LinuxRingKernel kernel) throws IOException {
        try (LinuxRingKernel own = LinuxRingKernel.open(TRIAL_ENTRIES, 0, 0)) {
            add(RingFeature.REGISTERED_RING_FD, own.registerRingFd() == 0);
        }
        BufferTable table = new BufferTable(kernel);
        add(RingFeature.FIXED_BUFFERS, table.register(1) == 0 && table.unregister() == 0);
        add(RingFeature.BUFFER_RING, registersBufferRing(kernel, 1, 0));
        add(RingFeature.INCREMENTAL_BUFFERS, registersBufferRing(kernel, 2, UringAbi.PBUF_RING_INC));
    }

    private static boolean registersBufferRing(LinuxRingKernel kernel, int group, int flags) throws IOException {
        try (Mapping entries = Mapping.anonymous(PAGE_BYTES); Arena scratch = Arena.ofConfined()) {
            long registration = allocate(scratch, UringAbi.BUF_REG_BYTES);
            putLong(registration + UringAbi.BUF_REG_RING_ADDR, entries.address());
            putInt(registration + UringAbi.BUF_REG_RING_ENTRIES, TRIAL_BUFFERS);
            putShort(registration + UringAbi.BUF_REG_BGID, (short) group);
            putShort(registration + UringAbi.BUF_REG_FLAGS, (short) flags);
            if (kernel.register(UringAbi.REGISTER_PBUF_RING, registration, 1) != 0) {
                return false;
            }
            kernel.register(UringAbi.UNREGISTER_PBUF_RING, registration, 1);
            return true;
        }
    }

    /** Flags of an operation are checked before its descriptor: -1 fails as EBADF where the flag is known. */
    private void tryOperations(Ring ring) {
        Sqe.accept(ring.sqe(), -1, UringAbi.ACCEPT_MULTISHOT, 0, RingFeature.MULTISHOT_ACCEPT.ordinal());
        Sqe.recvSelect(ring.sqe(), -1, UringAbi.RECV_MULTISHOT, 0, RingFeature.MULTISHOT_RECV.ordinal());
        Sqe.recvmsgMultishot(ring.sqe(), -1, 0, 0, 0, RingFeature.MULTISHOT_RECVMSG.ordinal());
        Sqe.pollMultishot(ring.sqe(), -1, 1, RingFeature.MULTISHOT_POLL.ordinal());
        Sqe.sendZc(ring.sqe(), -1, 0, 0, 0, UringAbi.SEND_ZC_REPORT_USAGE, RingFeature.SEND_ZC.ordinal());
        Sqe.sendmsgZc(ring.sqe(), -1, 0, 0, UringAbi.SEND_ZC_REPORT_USAGE, RingFeature.SENDMSG_ZC.ordinal());
        int outstanding = ring.unsubmitted();
        while (outstanding > 0) {
            ring.submitAndWait(RingKernel.FOREVER);
            outstanding -= ring.reap(outstanding, (userData, res, flags) ->
                    add(RingFeature.values()[(int) userData], res == -Errno.EBADF || res == -Errno.EFAULT));
        }
    }

    private void add(RingFeature feature, boolean works) {
        if (works) {
            supported.add(feature);
        }
    }
}
