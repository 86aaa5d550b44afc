package io.evpl.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A buffer of a slab does what Netty's heap buffer does, which is the model. */
class SlabByteBufTest {
    private static final int CAPACITY = 4096;
    private static final int OPERATIONS = 200_000;

    /** A gathering and scattering channel as well as a file. */
    private FileChannel file;
    private final EvplAllocator allocator = new EvplAllocator(new MemorySettings(1 << 20, 8 << 20, false, 0));

    @BeforeEach
    void openFile(@TempDir Path folder) throws IOException {
        file = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        file.close();
        allocator.close();
    }

    @Test
    void anyOrderOfCallsGivesWhatAHeapBufferGives() throws IOException {
        long seed = 42;
        Random random = new Random(seed);
        ByteBuf buffer = allocator.directBuffer(CAPACITY).writeZero(CAPACITY);
        ByteBuf model = Unpooled.buffer(CAPACITY).writeZero(CAPACITY);
        for (int i = 0; i < OPERATIONS; i++) {
            int operation = random.nextInt(36);
            int length = random.nextInt(1, 100);
            int index = random.nextInt(CAPACITY - 100);
            long value = random.nextLong();
            Object expected = apply(operation, model, index, length, value);
            Object actual = apply(operation, buffer, index, length, value);
            String what = "operation " + operation + ", the " + i + "th of seed " + seed;
            if (expected instanceof byte[] bytes) {
                assertArrayEquals(bytes, (byte[]) actual, what);
            } else {
                assertEquals(expected, actual, what);
            }
        }
        assertEquals(model, buffer);
        buffer.release();
        model.release();
    }

    private Object apply(int operation, ByteBuf buf, int index, int length, long value) throws IOException {
        byte[] bytes = new byte[length];
        new Random(value).nextBytes(bytes);
        return switch (operation) {
            case 0 -> buf.setByte(index, (int) value).getByte(index);
            case 1 -> buf.setShort(index, (int) value).getShort(index);
            case 2 -> buf.setShortLE(index, (int) value).getShortLE(index);
            case 3 -> buf.setMedium(index, (int) value).getMedium(index);
            case 4 -> buf.setMediumLE(index, (int) value).getMediumLE(index);
            case 5 -> buf.setInt(index, (int) value).getInt(index);
            case 6 -> buf.setIntLE(index, (int) value).getIntLE(index);
            case 7 -> buf.setLong(index, value).getLong(index);
            case 8 -> buf.setLongLE(index, value).getLongLE(index);
            case 9 -> buf.getByte(index);
            case 10 -> buf.getShort(index);
            case 11 -> buf.getShortLE(index);
            case 12 -> buf.getUnsignedMedium(index);
            case 13 -> buf.getUnsignedMediumLE(index);
            case 14 -> buf.getInt(index);
            case 15 -> buf.getIntLE(index);
            case 16 -> buf.getLong(index);
            case 17 -> buf.getLongLE(index);
            case 18 -> bytesAfter(buf.setBytes(index, bytes), index, length);
            case 19 -> bytesAfter(buf.setBytes(index, ByteBuffer.wrap(bytes)), index, length);
            case 20 -> bytesAfter(buf.setBytes(index, ByteBuffer.allocateDirect(length).put(bytes).flip()), index, length);
            case 21 -> bytesAfter(buf.setBytes(index, Unpooled.wrappedBuffer(bytes)), index, length);
            case 22 -> bytesAfter(buf.setBytes(index, Unpooled.copiedBuffer(bytes).asReadOnly()), index, length);
            case 23 -> bytesAfter(buf.setBytes(index, buf, index + 7, length), index, length); // overlapping
            case 24 -> buf.setBytes(index, new ByteArrayInputStream(bytes), length);
            case 25 -> buf.setBytes(index, file.position(0), length);
            case 26 -> bytesAfter(buf.setZero(index, length), index, length);
            case 27 -> {
                ByteBuffer copy = ByteBuffer.allocate(length);
                buf.getBytes(index, copy);
                yield copy.array();
            }
            case 28 -> {
                ByteBuf copy = Unpooled.directBuffer(length, length);
                buf.getBytes(index, copy, 0, length);
                byte[] result = bytesAfter(copy, 0, length);
                copy.release();
                yield result;
            }
            case 29 -> {
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                buf.getBytes(index, copy, length);
                yield copy.toByteArray();
            }
            case 30 -> buf.getBytes(index, file.truncate(0), length);
            case 31 -> bytesOf(buf.nioBuffer(index, length));
            case 32 -> bytesOf(buf.internalNioBuffer(index, length).duplicate());
            case 33 -> bytesOf(buf.nioBuffers(index, length)[0]);
            case 34 -> {
                ByteBuf copy = buf.copy(index, length);
                byte[] result = bytesAfter(copy, 0, length);
                copy.release();
                yield result;
            }
            default -> buf.indexOf(index, index + length, (byte) value);
        };
    }

    private static byte[] bytesAfter(ByteBuf buf, int index, int length) {
        byte[] bytes = new byte[length];
        buf.getBytes(index, bytes);
        return bytes;
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Test
    void filesAreReadAndWritten() throws IOException {
        ByteBuf buffer = allocator.directBuffer(100).writeLong(42);
        assertEquals(8, buffer.getBytes(0, file, 3, 8));
        assertEquals(8, buffer.setBytes(50, file, 3, 8));
        assertEquals(42, buffer.getLong(50));
        assertEquals(-1, buffer.setBytes(0, file, 100, 8));
        file.close();
        assertEquals(-1, buffer.setBytes(0, file, 8), "closed is the end, as for Netty's");
        buffer.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 97, Integer.MAX_VALUE})
    void nothingOutsideOfTheCapacityIsTouched(int index) {
        ByteBuf buffer = allocator.directBuffer(100); // in a cell of 112
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getInt(index));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.setInt(index, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getBytes(index, new byte[4]));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.setBytes(index, new byte[4]));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.setBytes(index, ByteBuffer.allocate(4)));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.nioBuffer(index, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.setZero(index, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.copy(index, 4));
        buffer.release();
    }

    @Test
    void theMaximumCapacityHolds() {
        ByteBuf buffer = allocator.directBuffer(10, 20);
        assertThrows(IllegalArgumentException.class, () -> buffer.capacity(21));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.writeBytes(new byte[21]));
        assertEquals(20, buffer.writeBytes(new byte[20]).readableBytes());
        buffer.release();
    }

    @Test
    void nioBuffersOfABufferUsedAgainAreItsOwn() {
        ByteBuf first = allocator.directBuffer(100).writeByte(1);
        ByteBuffer before = first.internalNioBuffer(0, 1);
        ByteBuf second = allocator.directBuffer(100).writeByte(2);
        assertNotSame(before, second.internalNioBuffer(0, 1));
        first.capacity(1000);
        second.capacity(2000);
        assertEquals(1, first.internalNioBuffer(0, 1).get(0));
        assertEquals(2, second.internalNioBuffer(0, 1).get(0));
        assertTrue(first.release() && second.release());
    }
}
