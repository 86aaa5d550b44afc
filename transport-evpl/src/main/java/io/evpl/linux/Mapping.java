package io.evpl.linux;

import java.io.IOException;

/** Memory from mmap(2) that one owner returns with {@link #close()}. Not safe for use by several threads at once. */
public final class Mapping implements AutoCloseable {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final int MAP_PRIVATE = 2;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_POPULATE = 0x8000;

    private final long address;
    private final long bytes;
    private boolean closed;

    private Mapping(long address, long bytes) {
        this.address = address;
        this.bytes = bytes;
    }

    /** Zeroed private pages, backed by memory only once they are touched. */
    public static Mapping anonymous(long bytes) throws IOException {
        return map(bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }

    /** Pages of {@code fd} that the kernel sees too. */
    public static Mapping shared(int fd, long offset, long bytes) throws IOException {
        return map(bytes, MAP_SHARED | MAP_POPULATE, fd, offset);
    }

    private static Mapping map(long bytes, int flags, int fd, long offset) throws IOException {
        long address = Syscalls.mmap(0, bytes, PROT_READ | PROT_WRITE, flags, fd, offset);
        if (address < 0) {
            throw Errno.toException("mmap", (int) address, bytes + " bytes");
        }
        return new Mapping(address, bytes);
    }

    public long address() {
        assert !closed : "mapping is gone";
        return address;
    }

    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            int result = Syscalls.munmap(address, bytes);
            assert result == 0 : Errno.text(-result);
        }
    }
}
