package io.evpl.memory;

import io.evpl.linux.NativeAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EvplAllocatorTest {
    private static final int SLAB = 1 << 20;
    private static final long EMPTY_MS = 1000;

    private long nowNs;
    private final EvplAllocator allocator =
            new EvplAllocator(new MemorySettings(SLAB, 8L * SLAB, false, EMPTY_MS), () -> nowNs);

    @AfterEach
    void nothingIsLeft() {
        allocator.close();
    }

    /** On a thread of Netty's kind, which has ended when this returns. */
    private static <T> T onThread(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new FastThreadLocalThread(task);
        thread.start();
        thread.join();
        return task.get();
    }

    // ---- buffers

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 65, 4096, 65536, 65537, SLAB, SLAB + 1, 3 * SLAB})
    void buffersOfAnySizeAreDirectAndHaveAnAddress(int bytes) throws Exception {
        onThread(() -> {
            ByteBuf buffer = allocator.buffer(bytes);
            assertTrue(buffer.isDirect() && buffer.hasMemoryAddress());
            assertEquals(bytes, buffer.capacity());
            assertEquals(0, buffer.readableBytes());
            buffer.writeZero(bytes);
            assertEquals(bytes, buffer.readableBytes());
            return buffer.release();
        });
    }

    @Test
    void aThreadsBuffersAreUsedAgainTheLastFirst() throws Exception {
        onThread(() -> {
            ByteBuf first = allocator.directBuffer(100);
            long address = first.memoryAddress();
            first.writeByte(1).markWriterIndex().release();
            ByteBuf second = allocator.directBuffer(110, 200);
            assertEquals(address, second.memoryAddress());
            assertEquals(0, second.writerIndex());
            assertEquals(0, second.resetWriterIndex().writerIndex());
            assertEquals(200, second.maxCapacity());
            return second.release();
        });
    }

    @Test
    void aReleasedBufferIsNotReadAndNotReleasedAgain() throws Exception {
        ByteBuf buffer = allocator.directBuffer(100).writeByte(1);
        buffer.release();
        assertThrows(IllegalReferenceCountException.class, buffer::release);
        assertThrows(IllegalReferenceCountException.class, () -> buffer.getByte(0));
        assertThrows(IllegalReferenceCountException.class, buffer::memoryAddress);
    }

    @Test
    void slicesAndDuplicatesKeepTheMemoryUntilTheLastGoes() {
        ByteBuf buffer = allocator.directBuffer(100).writeLong(42);
        ByteBuf slice = buffer.retainedSlice(0, 8);
        ByteBuf duplicate = slice.retainedDuplicate();
        buffer.release();
        slice.release();
        assertEquals(42, duplicate.readLong());
        assertTrue(duplicate.hasMemoryAddress());
        assertTrue(duplicate.release());
    }

    @Test
    void compositesAreDirectAndReleaseTheirParts() {
        ByteBuf part = allocator.directBuffer(10).writeByte(1);
        CompositeByteBuf composite = allocator.compositeBuffer().addComponent(true, part);
        composite.writeBytes(new byte[100]);
        assertTrue(composite.isDirect());
        composite.release();
        assertEquals(0, part.refCnt());
    }

    @Test
    void heapBuffersComeFromNettysPool() {
        ByteBuf buffer = allocator.heapBuffer(100);
        assertTrue(buffer.hasArray());
        buffer.release();
        assertEquals(0, allocator.usedDirectMemory());
    }

    @Test
    void leaksAreTrackedAsNettysAre() {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBuf buffer = allocator.directBuffer(100);
        ResourceLeakDetector.setLevel(level);
        assertInstanceOf(SlabByteBuf.class, buffer.unwrap());
        assertTrue(buffer.release());
    }

    @Test
    void growingKeepsWhatIsThereAndGivesTheSmallCellBack() throws Exception {
        onThread(() -> {
            ByteBuf buffer = allocator.directBuffer(64);
            long small = buffer.memoryAddress();
            for (int i = 0; i < 50_000; i++) {
                buffer.writeInt(i);
            }
            for (int i = 0; i < 50_000; i++) {
                assertEquals(i, buffer.readInt());
            }
            ByteBuf next = allocator.directBuffer(64);
            assertEquals(small, next.memoryAddress());
            next.release();
            return buffer.release();
        });
    }

    @Test
    void cuttingABufferDownGivesTheLargeCellBack_L18() throws Exception {
        onThread(() -> {
            ByteBuf buffer = allocator.directBuffer(65536).writeLong(42);
            long large = buffer.memoryAddress();
            buffer.capacity(8);
            assertNotEquals(large, buffer.memoryAddress());
            assertEquals(42, buffer.readLong());
            ByteBuf next = allocator.directBuffer(65536);
            assertEquals(large, next.memoryAddress());
            next.release();
            return buffer.release();
        });
    }

    // ---- threads

    @Test
    void whatAnotherThreadReleasesIsUsedAgainByItsOwn() throws Exception {
        onThread(() -> {
            List<ByteBuf> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(allocator.directBuffer(65536));
            }
            long taken = allocator.takenBytes();
            for (int round = 0; round < 100; round++) {
                onThread(() -> {
                    all.forEach(ByteBuf::release);
                    return null;
                });
                all.replaceAll(released -> allocator.directBuffer(65536));
                assertEquals(taken, allocator.takenBytes());
            }
            all.forEach(ByteBuf::release);
            return null;
        });
    }

    @Test
    void buffersOutliveTheThreadThatAllocatedThem() throws Exception {
        List<ByteBuf> left = onThread(() -> List.of(allocator.directBuffer(64), allocator.directBuffer(64),
                allocator.directBuffer(20_000)));
        assertTrue(allocator.takenBytes() > 0);
        left.forEach(ByteBuf::release);
        assertEquals(0, allocator.takenBytes());
    }

    @Test
    void threadsThatAreNotNettysShareRuns() throws Exception {
        FutureTask<ByteBuf> allocating = new FutureTask<>(() -> allocator.directBuffer(64));
        Thread thread = new Thread(allocating);
        thread.start();
        thread.join();
        ByteBuf other = allocator.directBuffer(64);
        assertEquals(Slab.BLOCK_BYTES, allocator.takenBytes());
        allocating.get().release();
        other.release();
    }

    // ---- the cap

    @Test
    void theCapIsAnErrorThatNamesItAndNothingIsLost() {
        Deque<ByteBuf> held = new ArrayDeque<>();
        OutOfSlabMemoryError error = assertThrows(OutOfSlabMemoryError.class, () -> {
            while (held.size() < 1000) {
                held.add(allocator.directBuffer(65536));
            }
        });
        assertEquals(8 * SLAB / 65536, held.size());
        assertTrue(error.getMessage().contains("-Dio.evpl.memory.maxBytes=" + 8L * SLAB), error.getMessage());
        assertThrows(OutOfSlabMemoryError.class, () -> allocator.directBuffer(SLAB));
        for (int i = 0; i < 4; i++) {
            held.removeLast().release(); // a run of the size class
        }
        held.add(allocator.directBuffer(65536));
        held.forEach(ByteBuf::release);
    }

    @Test
    void growingAtTheCapLeavesTheBufferAsItWas() {
        ByteBuf buffer = allocator.directBuffer(64).writeLong(42);
        assertThrows(OutOfSlabMemoryError.class, () -> buffer.capacity(8 * SLAB));
        assertEquals(64, buffer.capacity());
        assertEquals(42, buffer.readLong());
        buffer.release();
    }

    @Test
    void emptySlabsMakeRoomForALargerBufferAtOnce() {
        for (int i = 1; i <= 8; i *= 2) {
            ByteBuf buffer = allocator.directBuffer(i * SLAB);
            assertTrue(buffer.writeZero(i * SLAB).release());
        }
        assertEquals(8L * SLAB, allocator.usedDirectMemory());
    }

    // ---- slabs come and go

    @Test
    void anEmptySlabGoesBackToTheMachineAfterItsTime() throws IOException {
        ByteBuf large = allocator.directBuffer(2 * SLAB);
        long address = large.memoryAddress();
        assertTrue(isReadable(address));
        nowNs = 50;
        large.release();
        nowNs += TimeUnit.MILLISECONDS.toNanos(EMPTY_MS) - 1;
        allocator.returnEmptySlabs();
        assertEquals(2L * SLAB, allocator.usedDirectMemory());
        nowNs++;
        allocator.returnEmptySlabs();
        assertEquals(0, allocator.usedDirectMemory());
        assertFalse(isReadable(address));
    }

    /** What the kernel says. */
    private static boolean isReadable(long address) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            String[] range = line.substring(0, line.indexOf(' ')).split("-");
            if (Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                    && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0) {
                return line.contains(" rw-p ");
            }
        }
        return false;
    }

    @Test
    void anIdleLoopGivesItsMemoryBackByItself() throws Exception {
        SlabLog log = new SlabLog(0);
        try (EvplAllocator timed = new EvplAllocator(new MemorySettings(SLAB, 8L * SLAB, false, 1))) {
            MemoryRegistration registration = timed.attach(log);
            DefaultEventExecutor executor = new DefaultEventExecutor();
            ByteBuf buffer = executor.submit(() -> timed.directBuffer(64)).get();
            buffer.release(); // by another thread
            assertTrue(log.unregistered().await(20, TimeUnit.SECONDS));
            executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
            registration.close();
        }
    }

    @Test
    void closingWithBuffersInUseSaysHowManyBytes() {
        ByteBuf buffer = allocator.directBuffer(100);
        IllegalStateException refused = assertThrows(IllegalStateException.class, allocator::close);
        assertTrue(refused.getMessage().contains("65536 bytes"), refused.getMessage());
        buffer.setByte(0, 1).release();
    }

    @Test
    void aClosedAllocatorAllocatesNoMore() {
        EvplAllocator closed = new EvplAllocator(new MemorySettings(SLAB, SLAB, false, 0));
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.directBuffer(1));
        closed.close();
    }

    @Test
    void moreAddressesThanThereAreAreRefusedByKey() {
        UncheckedIOException refused = null;
        List<EvplAllocator> all = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) { // of 128 TiB
                all.add(new EvplAllocator(new MemorySettings(MemorySettings.MOST_SLAB_BYTES, MemorySettings.MOST_BYTES,
                        false, 0)));
            }
        } catch (UncheckedIOException e) {
            refused = e;
        }
        all.forEach(EvplAllocator::close);
        assertTrue(refused != null && refused.getMessage().contains("io.evpl.memory.maxBytes"), "" + refused);
    }

    @Test
    void hugePagesAreUsedOrTheirRefusalIsSaid() {
        try (EvplAllocator huge = new EvplAllocator(new MemorySettings(4 * SLAB, 8L * SLAB, true, 0))) {
            assertNull(huge.hugePagesRefusal());
            ByteBuf buffer = huge.directBuffer(100).writeByte(1);
            String refusal = huge.hugePagesRefusal();
            assertTrue(refusal == null || refusal.contains("vm.nr_hugepages"), refusal);
            buffer.release();
        }
    }

    @Test
    void bytesAreWhereTheAddressSays() {
        ByteBuf buffer = allocator.directBuffer(16).writeBytes(new byte[] {1, 2, 3, 4});
        assertEquals("01020304", ByteBufUtil.hexDump(buffer));
        assertEquals(0x04030201, NativeAddress.getInt(buffer.memoryAddress()));
        assertEquals(4, buffer.nioBuffer().remaining());
        assertFalse(buffer.hasArray());
        buffer.release();
    }
}
