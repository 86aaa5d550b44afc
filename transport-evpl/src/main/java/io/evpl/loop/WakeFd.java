package io.evpl.loop;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;

import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * The descriptor through which other threads end a loop's sleep: an eventfd. Backends that watch it for edges never read
 * it; what is read is counted, so that at the end it can be said how many rings there were in all.
 */
public final class WakeFd implements AutoCloseable {
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final long ONE = NativeAddress.allocate(Arena.global(), Long.BYTES);

    static {
        NativeAddress.putLong(ONE, 1);
    }

    private final int fd;
    private long drained;

    public WakeFd() throws IOException {
        fd = Syscalls.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (fd < 0) {
            throw Errno.toException("eventfd", fd);
        }
    }

    public int fd() {
        return fd;
    }

    /** Ends the present or next sleep. Any thread. */
    public void ring() {
        long result = Syscalls.write(fd, ONE, Long.BYTES);
        assert result == Long.BYTES : Errno.text((int) -result);
    }

    /** Makes the descriptor unreadable until the next ring, for a backend that does not watch for edges. The loop's thread. */
    public void drain() {
        try (Arena arena = Arena.ofConfined()) {
            long counter = NativeAddress.allocate(arena, Long.BYTES);
            if (Syscalls.read(fd, counter, Long.BYTES) == Long.BYTES) {
                drained += NativeAddress.getLong(counter);
            }
        }
    }

    /**
     * Waits until {@code rings} rings have come: a thread that decided to ring while the loop slept may not have got to
     * it, and must not write to a descriptor that has become somebody else's.
     */
    public void awaitRings(long rings) {
        while (drained < rings) {
            drain();
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        Syscalls.close(fd);
    }
}
