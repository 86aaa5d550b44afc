package io.evpl.inproc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RegionTableTest {
    private static final int RACES = 500;
    private static final byte ALIVE = 7;

    private final RegionTable table = new RegionTable();

    private Region add(ByteBuf memory) {
        return table.add(memory, true, true, () -> { });
    }

    @Test
    void aKeyFindsItsRegionUntilThatIsClosed() {
        ByteBuf memory = Unpooled.buffer(10);
        Region region = add(memory);
        assertSame(region, table.find(region.key()));
        assertNull(table.find(region.key() ^ 1 << 25), "another chance part");
        assertNull(table.find(region.key() + 1), "another place");
        table.close(region);
        assertNull(table.find(region.key()));
        assertEquals(0, memory.refCnt());
        table.close(region);
    }

    @Test
    void aPlaceThatIsTakenAgainHasAnotherKeyAndAddress() {
        Region first = add(Unpooled.buffer(10));
        table.close(first);
        Set<Long> addresses = new HashSet<>(List.of(first.address()));
        for (int i = 0; i < 100; i++) {
            Region next = add(Unpooled.buffer(10));
            assertTrue(addresses.add(next.address()), "an address is never used again");
            table.close(next);
        }
    }

    @Test
    void theTableGrowsAndClosesAll() {
        List<Region> regions = new ArrayList<>();
        AtomicInteger closed = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            regions.add(table.add(Unpooled.buffer(1), true, false, closed::incrementAndGet));
        }
        regions.forEach(region -> assertSame(region, table.find(region.key())));
        table.close();
        assertEquals(1000, closed.get());
        regions.forEach(region -> assertNull(table.find(region.key())));
        regions.forEach(table::close);
        assertEquals(1000, closed.get());
        ByteBuf late = Unpooled.buffer(1);
        assertThrows(IllegalStateException.class, () -> add(late));
        late.release();
    }

    @Test
    void moreThanAKeyHasPlacesForIsRefused() {
        for (int i = 0; i < RegionTable.MAX_REGIONS; i++) {
            add(Unpooled.EMPTY_BUFFER);
        }
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> add(Unpooled.EMPTY_BUFFER));
        assertTrue(e.getMessage().contains(Integer.toString(RegionTable.MAX_REGIONS)), e.getMessage());
        table.close();
    }

    @Test
    void rangesDoNotWrapAround_13a_23() {
        Region region = add(Unpooled.buffer(100));
        long address = region.address();
        assertEquals(0, region.indexOf(address, 100));
        assertEquals(100, region.indexOf(address + 100, 0));
        assertEquals(-1, region.indexOf(address, 101));
        assertEquals(-1, region.indexOf(address - 1, 2));
        assertEquals(-1, region.indexOf(address + 1, Integer.MAX_VALUE));
        assertEquals(-1, region.indexOf(address + Long.MIN_VALUE, 1));
        assertEquals(-1, region.indexOf(-1, 2));
        assertEquals(-1, region.indexOf(Long.MAX_VALUE, Integer.MAX_VALUE));
        table.close();
    }

    @Test
    void memoryInUseIsReleasedByTheLastUser() {
        ByteBuf memory = Unpooled.buffer(10);
        AtomicBoolean closed = new AtomicBoolean();
        Region region = table.add(memory, true, true, () -> closed.set(true));
        assertTrue(region.enter());
        assertTrue(region.enter());
        table.close(region);
        assertFalse(region.enter(), "closed");
        region.leave();
        assertEquals(1, memory.refCnt());
        assertFalse(closed.get());
        region.leave();
        assertEquals(0, memory.refCnt());
        assertTrue(closed.get());
    }

    /** What is written once the close has completed must never be seen by a reader. */
    @Test
    @Timeout(60)
    void aCloseThatRacesWithCopiesLeavesTheMemoryAlone() throws Exception {
        for (int race = 0; race < RACES; race++) {
            ByteBuf memory = Unpooled.directBuffer(4096).writeZero(4096);
            fill(memory, ALIVE);
            CountDownLatch done = new CountDownLatch(1);
            Region region = table.add(memory.retain(), true, true, done::countDown);
            CountDownLatch started = new CountDownLatch(1);
            AtomicInteger foreign = new AtomicInteger();
            Thread reader = new Thread(() -> {
                ByteBuf target = Unpooled.directBuffer(4096, 4096);
                boolean open = true;
                while (open) {
                    open = region.read(0, target.clear());
                    started.countDown();
                    for (int i = 0; open && i < 4096; i += 64) {
                        foreign.addAndGet(target.getByte(i) == ALIVE ? 0 : 1);
                    }
                }
                target.release();
            });
            reader.start();
            started.await();
            table.close(region);
            done.await();
            fill(memory, (byte) 9);
            reader.join();
            assertEquals(0, foreign.get(), "bytes read after the close had completed");
            assertEquals(1, memory.refCnt());
            memory.release();
        }
    }

    private static void fill(ByteBuf memory, byte value) {
        for (int i = 0; i < 4096; i += 64) {
            memory.setByte(i, value);
        }
    }
}
