package io.evpl.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.FileCalls;
import io.evpl.linux.OtherUser;
import io.evpl.linux.PinnedMemory;
import io.evpl.linux.Syscalls;
import io.evpl.linux.uring.LinuxRingKernel;
import io.evpl.linux.uring.Ring;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.RingFeatures;
import io.evpl.linux.uring.RingKernel;
import io.evpl.linux.uring.Sqe;
import io.evpl.memory.EvplAllocator;
import io.evpl.memory.MemorySettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Slabs in the running kernel's table. What it pins, it tells of each process. */
class FixedBuffersTest {
    private static final int SLAB = 1 << 20;
    private static final int O_RDWR = 2;

    private final RingFeatures features = RingFeatures.probe();
    private final EvplAllocator allocator = new EvplAllocator(new MemorySettings(SLAB, 3L << 30, false, 0));
    /** What the ring's thread is asked to do. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long pinnedBefore;
    private Ring ring;
    private FixedBuffers buffers;

    interface Body {
        void run() throws Exception;
    }

    /** The ring is its thread's: it is opened, used and closed on the test's. Leaves nothing pinned and no slab. */
    private void onRing(Body test) throws Exception {
        assumeTrue(features.available(), features::cause);
        assumeTrue(features.has(RingFeature.FIXED_BUFFERS), "fixedBuffers needs Linux 5.19");
        pinnedBefore = PinnedMemory.bytes();
        ring = newRing();
        buffers = new FixedBuffers(ring.kernel(), allocator, tasks::add);
        test.run();
        buffers.close(true);
        ring.close();
        allocator.close();
        PinnedMemory.await(pinnedBefore);
    }

    private Ring newRing() throws IOException {
        LinuxRingKernel kernel = LinuxRingKernel.open(8, 16, features.setupFlags());
        assertEquals(0, kernel.enable());
        return new Ring(kernel, kernel.memory());
    }

    private int indexOf(ByteBuf buffer) {
        return buffers.indexOf(buffer.memoryAddress());
    }

    private void assertPinned(int slabs) {
        assertEquals(slabs, buffers.pinned());
        PinnedMemory.await(pinnedBefore + (long) slabs * SLAB);
    }

    private static void elsewhere(Runnable action) throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(action);
        thread.join();
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void aSlabIsPinnedOnceByTheFirstOperationOnIt() throws Exception {
        onRing(() -> {
            ByteBuf first = allocator.directBuffer(100);
            ByteBuf second = allocator.directBuffer(100);
            assertPinned(0);
            int index = indexOf(first);
            assertTrue(index >= 0, () -> "index " + index);
            assertPinned(1);
            assertEquals(index, indexOf(second));
            assertEquals(index, indexOf(first));
            assertPinned(1);
            ByteBuf large = allocator.directBuffer(3 * SLAB);
            assertNotEquals(index, indexOf(large));
            PinnedMemory.await(pinnedBefore + 4 * SLAB);
            large.release();
            assertPinned(1);
            first.release();
            second.release();
            allocator.trim();
            assertPinned(0);
            assertEquals(0, allocator.usedDirectMemory());
            assertEquals(0, tasks.size());
        });
    }

    @Test
    void eachRingPinsASlabOfItsOwnAccordAndTheLastToLetGoReturnsIt() throws Exception {
        onRing(() -> {
            ByteBuf buffer = allocator.directBuffer(SLAB);
            assertTrue(indexOf(buffer) >= 0);
            Queue<Runnable> others = new ArrayDeque<>();
            try (Ring other = newRing()) {
                FixedBuffers otherBuffers = new FixedBuffers(other.kernel(), allocator, others::add);
                assertTrue(otherBuffers.indexOf(buffer.memoryAddress()) >= 0);
                PinnedMemory.await(pinnedBefore + 2 * SLAB);
                elsewhere(buffer::release);
                assertEquals(1, tasks.size());
                runTasks();
                PinnedMemory.await(pinnedBefore + SLAB);
                assertEquals(SLAB, allocator.usedDirectMemory(), "the other ring has it");
                others.remove().run();
                assertPinned(0);
                assertEquals(0, allocator.usedDirectMemory());
                otherBuffers.close(true);
            }
        });
    }

    @Test
    void aSlabThatGoesOnAnotherThreadKeepsItsMemoryUntilTheRingsThreadHasLetGo() throws Exception {
        onRing(() -> {
            ByteBuf buffer = allocator.directBuffer(SLAB);
            long address = buffer.memoryAddress();
            int index = indexOf(buffer);
            elsewhere(buffer::release);
            assertPinned(1);
            assertEquals(SLAB, allocator.usedDirectMemory());
            assertEquals(1, tasks.size());
            ByteBuf next = allocator.directBuffer(SLAB);
            assertNotEquals(address, next.memoryAddress(), "nothing is taken from what is going");
            runTasks();
            assertPinned(0);
            assertEquals(SLAB, allocator.usedDirectMemory());
            ByteBuf again = allocator.directBuffer(SLAB);
            assertEquals(address, again.memoryAddress());
            assertEquals(index, indexOf(again), "the place is free again");
            assertPinned(1);
            again.release();
            next.release();
        });
    }

    @Test
    void closingLetsGoOfWhatIsGoingAndOfWhatIsThere() throws Exception {
        onRing(() -> {
            ByteBuf going = allocator.directBuffer(SLAB);
            ByteBuf staying = allocator.directBuffer(SLAB);
            assertTrue(indexOf(going) >= 0 && indexOf(staying) >= 0);
            elsewhere(going::release);
            buffers.close(true);
            PinnedMemory.await(pinnedBefore);
            assertEquals(SLAB, allocator.usedDirectMemory());
            runTasks();
            elsewhere(staying::release);
            assertEquals(0, allocator.usedDirectMemory());
        });
    }

    @Test
    void memoryOfOthersAndMoreThanTheKernelTakesAtATimeAreNoFixedBuffers() throws Exception {
        onRing(() -> {
            ByteBuf foreign = Unpooled.directBuffer(10);
            assertEquals(FixedBuffers.NONE, indexOf(foreign));
            foreign.release();
            ByteBuf huge = allocator.directBuffer((1 << 30) + 1);
            assertEquals(FixedBuffers.NONE, indexOf(huge));
            huge.release();
            assertPinned(0);
        });
    }

    @Test
    void withoutEnoughLockedMemoryOperationsGoOnWithoutFixedBuffers() throws Exception {
        assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
        long most = lockedMemoryLimit();
        assumeTrue(most < 256 << 20, "locked memory is not limited");
        int tooMany = Math.toIntExact(most / SLAB + 1);
        onRing(() -> {
            OtherUser.does(() -> {
                try (Ring limited = newRing()) {
                    FixedBuffers its = new FixedBuffers(limited.kernel(), allocator, tasks::add);
                    ByteBuf large = allocator.directBuffer(tooMany * SLAB);
                    ByteBuf small = allocator.directBuffer(SLAB);
                    assertEquals(FixedBuffers.NONE, its.indexOf(large.memoryAddress()));
                    assertEquals(FixedBuffers.NONE, its.indexOf(large.memoryAddress()), "it is not tried again");
                    assertTrue(its.indexOf(small.memoryAddress()) >= 0, "what is smaller is another matter");
                    large.release();
                    small.release();
                    its.close(true);
                }
                return null;
            });
        });
    }

    private static long lockedMemoryLimit() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/limits"))) {
            String limit = lines.filter(line -> line.startsWith("Max locked memory")).findFirst().orElseThrow().split(" {2,}")[1];
            return limit.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit);
        }
    }

    @Test
    void filesAreWrittenAndReadByFixedBuffers(@TempDir Path directory) throws Exception {
        onRing(() -> {
            ByteBuf written = allocator.directBuffer(8192).writeZero(4096);
            written.writeCharSequence("what was written", StandardCharsets.US_ASCII);
            ByteBuf read = allocator.directBuffer(100_000);
            Path path = directory.resolve("file");
            Files.createFile(path);
            int fd = open(path);
            int bytes = written.readableBytes();
            Sqe.writeFixed(ring.sqe(), fd, 4096, written.memoryAddress(), bytes, indexOf(written), 1);
            assertEquals(bytes, complete());
            assertEquals(4096L + bytes, Files.size(path));
            Sqe.readFixed(ring.sqe(), fd, 8192, read.memoryAddress() + 10, 500, indexOf(read), 2);
            assertEquals("what was written".length(), complete());
            assertEquals("what was written", read.setIndex(10, 26).toString(StandardCharsets.US_ASCII));
            Sqe.readFixed(ring.sqe(), fd, 0, read.memoryAddress(), 2 * SLAB, indexOf(read), 3);
            assertEquals(-Errno.EFAULT, complete(), "beyond the slab");
            Syscalls.close(fd);
            written.release();
            read.release();
        });
    }

    private static int open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = FileCalls.open(arena.allocateFrom(path.toString()).address(), O_RDWR);
            assertTrue(fd >= 0, () -> Errno.text(-fd));
            return fd;
        }
    }

    private int complete() {
        int[] result = new int[1];
        for (int count = 0; count == 0; count = ring.reap(1, (userData, res, flags) -> result[0] = res)) {
            ring.submitAndWait(RingKernel.FOREVER);
        }
        return result[0];
    }
}
