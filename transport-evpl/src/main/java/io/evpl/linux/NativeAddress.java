package io.evpl.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

/**
 * Loads and stores at raw addresses.
 *
 * <p>All go through one static final segment that spans the address space: the JIT folds it away, so that a shared ring
 * word costs 0.3 ns, as with Unsafe; a segment held in an object's field costs ten times that. There are no bounds
 * checks: callers pass only addresses inside memory they own or have mapped.
 */
public final class NativeAddress {
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final VarHandle SHORT = JAVA_SHORT.varHandle();

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new ExceptionInInitializerError("evpl supports little-endian Linux only (x86_64, aarch64)");
        }
    }

    private NativeAddress() {
    }

    public static byte getByte(long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    public static short getShort(long address) {
        return ALL.get(JAVA_SHORT_UNALIGNED, address);
    }

    public static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    public static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    public static void putByte(long address, byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    public static void putShort(long address, short value) {
        ALL.set(JAVA_SHORT_UNALIGNED, address, value);
    }

    public static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    public static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    /** Stores 8 bytes at an address known to be 8-byte aligned (submission queue entries are). */
    public static void putLongAligned(long address, long value) {
        ALL.set(JAVA_LONG, address, value);
    }

    /** Pairs with a store-release of the same word by the kernel or a device. */
    public static int getIntAcquire(long address) {
        return (int) INT.getAcquire(ALL, address);
    }

    /** Publishes everything written before to whoever load-acquires the same word. */
    public static void putIntRelease(long address, int value) {
        INT.setRelease(ALL, address, value);
    }

    /** As {@link #putIntRelease}, 16 bits: the tail of a provided-buffer ring. */
    public static void putShortRelease(long address, short value) {
        SHORT.setRelease(ALL, address, value);
    }

    public static void fill(long address, long bytes, byte value) {
        ALL.asSlice(address, bytes).fill(value);
    }

    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    public static void copyOut(long from, byte[] to, int toIndex, int bytes) {
        MemorySegment.copy(ALL, JAVA_BYTE, from, to, toIndex, bytes);
    }

    public static void copyIn(byte[] from, int fromIndex, long to, int bytes) {
        MemorySegment.copy(from, fromIndex, ALL, JAVA_BYTE, to, bytes);
    }

    /** @return address of the byte at {@code buffer.position()}; the caller keeps {@code buffer} reachable */
    public static long of(ByteBuffer buffer) {
        assert buffer.isDirect() : "heap buffer has no address";
        return MemorySegment.ofBuffer(buffer).address();
    }

    /** The memory there as a direct buffer, which does not keep it alive. */
    public static ByteBuffer buffer(long address, int bytes) {
        return ALL.asSlice(address, bytes).asByteBuffer();
    }

    /** Zeroed memory, 64-byte aligned, that lives as long as {@code arena}. */
    public static long allocate(Arena arena, long bytes) {
        return arena.allocate(bytes, 64).address();
    }
}
