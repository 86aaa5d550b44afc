package io.evpl.linux.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.Mapping;
import io.evpl.linux.Syscalls;

import java.io.IOException;
import java.lang.foreign.Arena;

import static io.evpl.linux.NativeAddress.allocate;
import static io.evpl.linux.NativeAddress.getInt;
import static io.evpl.linux.NativeAddress.putInt;
import static io.evpl.linux.NativeAddress.putLong;

/** The real kernel's side of one ring: its descriptor and its two mappings. */
public final class LinuxRingKernel implements RingKernel {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final int fd;
    private final Mapping rings;
    private final Mapping sqes;
    private final RingMemory memory;
    private final int features;
    private final Arena arena = Arena.ofShared();
    private final long timespec = allocate(arena, UringAbi.TIMESPEC_BYTES);
    private final long waitArgument = allocate(arena, UringAbi.GETEVENTS_ARG_BYTES);
    private int enterFd;
    private int enterFlags;
    private boolean closed;

    private LinuxRingKernel(int fd, Mapping rings, Mapping sqes, RingMemory memory, int features) {
        this.fd = fd;
        this.rings = rings;
        this.sqes = sqes;
        this.memory = memory;
        this.features = features;
        enterFd = fd;
        putLong(waitArgument + UringAbi.GETEVENTS_ARG_TS, timespec);
    }

    /**
     * Creates a ring.
     *
     * @param setupFlags {@code SETUP_*} of {@link UringAbi}
     * @throws IOException the kernel refuses; nothing is left open
     */
    public static LinuxRingKernel open(int sqEntries, int cqEntries, int setupFlags) throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            long params = allocate(scratch, UringAbi.PARAMS_BYTES);
            putInt(params + UringAbi.PARAMS_FLAGS, setupFlags);
            putInt(params + UringAbi.PARAMS_CQ_ENTRIES, (setupFlags & UringAbi.SETUP_CQSIZE) != 0 ? cqEntries : 0);
            int fd = Syscalls.ioUringSetup(sqEntries, params);
            if (fd < 0) {
                throw Errno.toException("io_uring_setup", fd);
            }
            return map(fd, params, setupFlags);
        }
    }

    private static LinuxRingKernel map(int fd, long params, int setupFlags) throws IOException {
        long sqOff = params + UringAbi.PARAMS_SQ_OFF;
        long cqOff = params + UringAbi.PARAMS_CQ_OFF;
        int sqEntries = getInt(params + UringAbi.PARAMS_SQ_ENTRIES);
        int cqEntries = getInt(params + UringAbi.PARAMS_CQ_ENTRIES);
        boolean hasArray = (setupFlags & UringAbi.SETUP_NO_SQARRAY) == 0;
        long ringBytes = Math.max(getInt(cqOff + UringAbi.CQ_OFF_CQES) + (long) cqEntries * Cqe.BYTES,
                hasArray ? getInt(sqOff + UringAbi.SQ_OFF_ARRAY) + sqEntries * 4L : 0);
        Mapping rings = null;
        try {
            rings = Mapping.shared(fd, UringAbi.OFF_SQ_RING, ringBytes);
            Mapping sqes = Mapping.shared(fd, UringAbi.OFF_SQES, (long) sqEntries * Sqe.BYTES);
            long base = rings.address();
            return new LinuxRingKernel(fd, rings, sqes, new RingMemory(
                    base + getInt(sqOff + UringAbi.SQ_OFF_HEAD), base + getInt(sqOff + UringAbi.SQ_OFF_TAIL),
                    base + getInt(sqOff + UringAbi.SQ_OFF_FLAGS),
                    hasArray ? base + getInt(sqOff + UringAbi.SQ_OFF_ARRAY) : 0, sqes.address(), sqEntries,
                    base + getInt(cqOff + UringAbi.CQ_OFF_HEAD), base + getInt(cqOff + UringAbi.CQ_OFF_TAIL),
                    base + getInt(cqOff + UringAbi.CQ_OFF_OVERFLOW),
                    base + getInt(cqOff + UringAbi.CQ_OFF_CQES), cqEntries),
                    getInt(params + UringAbi.PARAMS_FEATURES));
        } catch (IOException e) {
            if (rings != null) {
                rings.close();
            }
            Syscalls.close(fd);
            throw e;
        }
    }

    public RingMemory memory() {
        return memory;
    }

    /** {@code FEAT_*} of {@link UringAbi} that the kernel reported. */
    public int features() {
        return features;
    }

    /** Lets a ring created disabled run; SINGLE_ISSUER binds it to the calling thread. @return 0 or -errno */
    public int enable() {
        return register(UringAbi.REGISTER_ENABLE_RINGS, 0, 0);
    }

    /** Spares each enter the look-up of the descriptor, for the calling thread only. @return 0 or -errno */
    public int registerRingFd() {
        try (Arena scratch = Arena.ofConfined()) {
            long update = allocate(scratch, UringAbi.RSRC_UPDATE_BYTES);
            putInt(update + UringAbi.RSRC_UPDATE_OFFSET, -1);
            putLong(update + UringAbi.RSRC_UPDATE_DATA, fd);
            int result = register(UringAbi.REGISTER_RING_FDS, update, 1);
            if (result != 1) {
                return result < 0 ? result : -Errno.EINVAL;
            }
            enterFd = getInt(update + UringAbi.RSRC_UPDATE_OFFSET);
            enterFlags = UringAbi.ENTER_REGISTERED_RING;
            return 0;
        }
    }

    /** Has an eventfd rung when there are completions, or deferred work that makes some. @return 0 or -errno */
    public int registerEventfd(int eventfd) {
        try (Arena scratch = Arena.ofConfined()) {
            long argument = allocate(scratch, Integer.BYTES);
            putInt(argument, eventfd);
            return register(UringAbi.REGISTER_EVENTFD, argument, 1);
        }
    }

    @Override
    public int enter(int toSubmit, int minComplete, int flags, long timeoutNs) {
        if (timeoutNs == FOREVER) {
            return Syscalls.ioUringEnter(enterFd, toSubmit, minComplete, flags | enterFlags, 0, 0);
        }
        putLong(timespec + UringAbi.TIMESPEC_SEC, timeoutNs / NS_PER_SECOND);
        putLong(timespec + UringAbi.TIMESPEC_NSEC, timeoutNs % NS_PER_SECOND);
        return Syscalls.ioUringEnter(enterFd, toSubmit, minComplete, flags | enterFlags | UringAbi.ENTER_EXT_ARG,
                waitArgument, UringAbi.GETEVENTS_ARG_BYTES);
    }

    @Override
    public int register(int operation, long argument, int argumentCount) {
        return Syscalls.ioUringRegister(fd, operation, argument, argumentCount);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        // A registered ring fd is a second reference to the ring, held by this thread: give it back first.
        if (enterFlags != 0) {
            try (Arena scratch = Arena.ofConfined()) {
                long update = allocate(scratch, UringAbi.RSRC_UPDATE_BYTES);
                putInt(update + UringAbi.RSRC_UPDATE_OFFSET, enterFd);
                register(UringAbi.UNREGISTER_RING_FDS, update, 1);
            }
        }
        sqes.close();
        rings.close();
        Syscalls.close(fd);
        arena.close();
    }
}
