package io.evpl.memory;

import io.evpl.linux.Errno;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MemoryRegistrationTest {
    private static final int SLAB = 1 << 20;

    private final EvplAllocator allocator = new EvplAllocator(new MemorySettings(SLAB, 8L * SLAB, false, 0));
    private final SlabLog log = new SlabLog(0);

    @AfterEach
    void nothingIsLeft() {
        allocator.close();
    }

    @Test
    void anEngineLearnsOfEachSlabWhenItComesAndBeforeItGoes() {
        MemoryRegistration registration = allocator.attach(log);
        assertEquals(List.of(), log.takeCalls());
        ByteBuf first = allocator.directBuffer(100);
        ByteBuf second = allocator.directBuffer(100);
        assertEquals(List.of("+" + SLAB), log.takeCalls());
        ByteBuf large = allocator.directBuffer(3 * SLAB);
        assertEquals(List.of("+" + 3 * SLAB), log.takeCalls());
        assertTrue(registration.isRegistered(first) && registration.isRegistered(second.slice(50, 10)));
        assertEquals(registration.key(first.memoryAddress()), registration.key(second.memoryAddress()));
        assertEquals(registration.key(large.memoryAddress()), registration.key(large.memoryAddress() + 3 * SLAB - 1));
        large.release();
        assertEquals(List.of("-" + 3 * SLAB), log.takeCalls());
        first.release();
        second.release();
        allocator.trim();
        assertEquals(List.of("-" + SLAB), log.takeCalls());
        registration.close();
    }

    @Test
    void anEngineThatComesLaterLearnsOfWhatIsThere() {
        ByteBuf buffer = allocator.directBuffer(2 * SLAB);
        MemoryRegistration registration = allocator.attach(log);
        assertEquals(List.of("+" + 2 * SLAB), log.takeCalls());
        assertTrue(registration.isRegistered(buffer));
        registration.close();
        assertEquals(List.of("-" + 2 * SLAB), log.takeCalls());
        assertFalse(registration.isRegistered(buffer));
        registration.close();
        buffer.release();
        assertEquals(List.of(), log.takeCalls());
    }

    @Test
    void eachEngineHasKeysOfItsOwnAndOneThatRefusesChangesNothingForOthers() {
        MemoryRegistration refusing = allocator.attach(new SlabLog(-Errno.ENOMEM));
        MemoryRegistration accepting = allocator.attach(log);
        ByteBuf buffer = allocator.directBuffer(100);
        assertEquals(-Errno.ENOMEM, refusing.key(buffer.memoryAddress()));
        assertFalse(refusing.isRegistered(buffer));
        assertTrue(accepting.isRegistered(buffer));
        buffer.release();
        refusing.close();
        accepting.close();
    }

    @Test
    void aSlabThatAnEngineCannotLetGoOfAtOnceStaysUntilItDoes() {
        SlabLog later = new SlabLog(0) {
            @Override
            public boolean unregister(long address, long bytes, long key) {
                super.unregister(address, bytes, key);
                return false;
            }
        };
        MemoryRegistration atOnce = allocator.attach(log);
        MemoryRegistration holding = allocator.attach(later);
        ByteBuf buffer = allocator.directBuffer(8 * SLAB);
        long address = buffer.memoryAddress();
        buffer.release();
        assertEquals(List.of("+" + 8 * SLAB, "-" + 8 * SLAB), log.takeCalls());
        assertEquals(8 * SLAB, allocator.usedDirectMemory());
        assertThrows(OutOfSlabMemoryError.class, () -> allocator.directBuffer(SLAB), "it counts, and is not given out again");
        assertEquals(MemoryRegistration.UNKNOWN, atOnce.key(address));
        assertEquals(MemoryRegistration.UNKNOWN, holding.key(address));
        MemoryRegistration latecomer = allocator.attach(new SlabLog(0));
        assertEquals(MemoryRegistration.UNKNOWN, latecomer.key(address));
        assertThrows(IllegalStateException.class, allocator::close);
        holding.close();
        assertEquals(8 * SLAB, allocator.usedDirectMemory(), "closed, it still has to let go");
        holding.released(address);
        assertEquals(0, allocator.usedDirectMemory());
        ByteBuf again = allocator.directBuffer(8 * SLAB);
        assertTrue(atOnce.isRegistered(again) && latecomer.isRegistered(again));
        again.release();
        assertEquals(0, allocator.usedDirectMemory());
        atOnce.close();
        latecomer.close();
    }

    @Test
    void memoryOfOthersAndMemoryThatIsGoneHasNoKey_L27() {
        MemoryRegistration registration = allocator.attach(log);
        ByteBuf buffer = allocator.directBuffer(3 * SLAB);
        long address = buffer.memoryAddress();
        assertEquals(MemoryRegistration.UNKNOWN, registration.key(0));
        assertEquals(MemoryRegistration.UNKNOWN, registration.key(-1));
        assertEquals(MemoryRegistration.UNKNOWN, registration.key(address - 1));
        assertEquals(MemoryRegistration.UNKNOWN, registration.key(address + 8L * SLAB));
        ByteBuf foreign = Unpooled.directBuffer(10);
        ByteBuf composite = allocator.compositeBuffer().addComponents(true, allocator.directBuffer(1).writeByte(1),
                allocator.directBuffer(1).writeByte(1));
        assertFalse(registration.isRegistered(foreign));
        assertFalse(registration.isRegistered(composite), "its parts are, one by one");
        foreign.release();
        composite.release();
        buffer.release();
        assertEquals(MemoryRegistration.UNKNOWN, registration.key(address), "its slab went with it");
        registration.close();
    }
}
