package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private final Arrivals arrivals = new Arrivals();

    @Test
    void nothingIsLostInOrder() {
        for (long number = 0; number < 3L * Arrivals.WINDOW_PACKETS; number++) {
            assertTrue(arrivals.arrive(number));
        }
        assertEquals(0, arrivals.lost());
        assertEquals(3L * Arrivals.WINDOW_PACKETS, arrivals.next());
    }

    @Test
    void aGapIsLostUntilItIsFilled() {
        arrivals.arrive(3);
        assertEquals(3, arrivals.lost());
        assertTrue(arrivals.arrive(1));
        assertEquals(2, arrivals.lost());
    }

    @Test
    void aPacketArrivesOnce() {
        assertTrue(arrivals.arrive(0));
        assertTrue(arrivals.arrive(2));
        assertTrue(arrivals.arrive(1));
        for (long number = 0; number < 3; number++) {
            assertFalse(arrivals.arrive(number));
        }
        assertEquals(0, arrivals.lost());
    }

    @Test
    void aGapWiderThanTheWindowLeavesNothingBehind() {
        arrivals.arrive(0);
        long next = 10L * Arrivals.WINDOW_PACKETS;
        arrivals.arrive(next);
        assertEquals(next - 1, arrivals.lost());
        assertTrue(arrivals.arrive(next - Arrivals.WINDOW_PACKETS + 1), "its place had another's mark before");
    }

    @Test
    void whatIsTooOldToBeToldFromARepeatedOneIsTakenForLate() {
        arrivals.arrive(0);
        arrivals.arrive(2L * Arrivals.WINDOW_PACKETS);
        long lost = arrivals.lost();
        assertTrue(arrivals.arrive(1));
        assertEquals(lost - 1, arrivals.lost());
    }
}
