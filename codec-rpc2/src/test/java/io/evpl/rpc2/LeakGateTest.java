package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeakGateTest {
    static List<ByteBufAllocator> allocators() {
        return List.of(UnpooledByteBufAllocator.DEFAULT, PooledByteBufAllocator.DEFAULT);
    }

    @ParameterizedTest
    @MethodSource("allocators")
    void aBufferThatNobodyReleasedIsReportedOnce(ByteBufAllocator allocator) throws InterruptedException {
        drop(allocator);
        List<String> leaks = LeakGate.takeLeaks();
        assertEquals(1, leaks.size(), leaks::toString);
        assertTrue(leaks.getFirst().contains("LeakGateTest.drop"), leaks::getFirst);
        assertEquals(List.of(), LeakGate.takeLeaks());
    }

    /** In a frame of its own, so that no local variable keeps the buffer alive. */
    private static void drop(ByteBufAllocator allocator) {
        allocator.directBuffer(64).writeLong(allocator.hashCode());
    }
}
