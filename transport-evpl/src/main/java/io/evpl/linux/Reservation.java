package io.evpl.linux;

import java.io.IOException;

/**
 * A range of addresses from mmap(2), of which parts get memory and give it back. What has none can be neither read nor
 * written, and costs nothing. Callers see to it that no two threads use one at a time.
 */
public final class Reservation implements AutoCloseable {
    public static final int PROT_NONE = 0;
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_PRIVATE = 2;
    public static final int MAP_FIXED = 0x10;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MAP_HUGETLB = 0x40000;

    private static final int NOTHING = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

    private final long mapped;
    private final long mappedBytes;
    private final long address;
    private boolean closed;

    private Reservation(long mapped, long mappedBytes, long address) {
        this.mapped = mapped;
        this.mappedBytes = mappedBytes;
        this.address = address;
    }

    /**
     * @param alignment of its address, a power of two
     * @throws IOException there are no such many addresses: {@code ulimit -v}
     */
    public static Reservation of(long bytes, long alignment) throws IOException {
        long mappedBytes = bytes + alignment;
        long mapped = Syscalls.mmap(0, mappedBytes, PROT_NONE, NOTHING, -1, 0);
        if (mapped < 0) {
            throw Errno.toException("mmap", (int) mapped, mappedBytes + " bytes of addresses");
        }
        return new Reservation(mapped, mappedBytes, mapped + alignment - 1 & -alignment);
    }

    public long address() {
        return address;
    }

    /**
     * Gives a part zeroed memory, taken from the machine page by page as it is touched, by the node of the thread that touches it.
     *
     * @param hugePages all at once, from those that the administrator has set apart
     * @return 0, or -errno, and the part has none
     */
    public int commit(long offset, long bytes, boolean hugePages) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | (hugePages ? MAP_HUGETLB : 0);
        return map(offset, bytes, PROT_READ | PROT_WRITE, flags);
    }

    /** Returns a part's memory. Whoever touches it from here on faults: the addresses stay ours. @return 0, or -errno */
    public int decommit(long offset, long bytes) {
        return map(offset, bytes, PROT_NONE, NOTHING | MAP_FIXED);
    }

    private int map(long offset, long bytes, int protection, int flags) {
        assert !closed && offset >= 0 && address + offset + bytes <= mapped + mappedBytes : offset + ", " + bytes;
        long result = Syscalls.mmap(address + offset, bytes, protection, flags, -1, 0);
        return result < 0 ? (int) result : 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            int result = Syscalls.munmap(mapped, mappedBytes);
            assert result == 0 : Errno.text(-result);
        }
    }
}
