package io.evpl;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DeferralTest {
    private final VirtualLoop virtual = new VirtualLoop();
    private final EvplEventLoop loop = virtual.loop();
    /** Turns in which the deferral called back. */
    private final List<Long> ran = new ArrayList<>();
    private final Deferral deferral = loop.newDeferral(() -> ran.add(loop.turns()));

    @AfterEach
    void end() {
        virtual.close();
    }

    private int count() {
        virtual.settle();
        return virtual.call(ran::size);
    }

    @Test
    @DisplayName("D1 armed once it calls back once, in the same turn, and before the loop sleeps")
    void armedOnceItCallsBackOnceInThatTurn_D1() {
        long turn = virtual.call(() -> {
            deferral.arm();
            assertTrue(deferral.isArmed());
            assertEquals(List.of(), ran);
            return loop.turns();
        });
        assertEquals(1, count());
        virtual.window(5);
        assertEquals(List.of(turn), virtual.call(() -> ran));
        assertFalse(virtual.call(deferral::isArmed));
    }

    @Test
    @DisplayName("D2 armed twice before the turn's end it calls back once")
    void armedTwiceItCallsBackOnce_D2() {
        virtual.run(() -> {
            deferral.arm();
            deferral.arm();
        });
        assertEquals(1, count());
    }

    @Test
    @DisplayName("D3 armed again in its callback it calls back once more, in the next turn")
    void armedInItsCallbackItCallsBackInTheNextTurn_D3() {
        List<Long> turns = new ArrayList<>();
        Deferral[] self = new Deferral[1];
        self[0] = loop.newDeferral(() -> {
            turns.add(loop.turns());
            if (turns.size() == 1) {
                self[0].arm();
            }
        });
        virtual.run(() -> self[0].arm());
        virtual.settle();
        virtual.awaitSleep();
        List<Long> seen = virtual.call(() -> turns);
        assertEquals(2, seen.size());
        assertEquals(seen.get(0) + 1, seen.get(1));
    }

    @Test
    @DisplayName("D4 cancelled it does not call back; cancelled by another of the same pass neither")
    void cancelledItDoesNotCallBack_D4() {
        virtual.run(() -> {
            deferral.arm();
            deferral.cancel();
        });
        assertEquals(0, count());
        Deferral first = loop.newDeferral(deferral::cancel);
        virtual.run(() -> {
            first.arm();
            deferral.arm();
        });
        assertEquals(0, count());
    }

    @Test
    @DisplayName("D5 to cancel an idle one is nothing")
    void cancellingAnIdleOneIsNothing_D5() {
        virtual.run(deferral::cancel);
        assertEquals(0, count());
        virtual.run(deferral::arm);
        assertEquals(1, count());
        virtual.run(deferral::cancel);
        assertEquals(1, count());
    }

    @Test
    @DisplayName("D6 it can be used after it was cancelled")
    void itCanBeUsedAfterItWasCancelled_D6() {
        virtual.run(() -> {
            deferral.arm();
            deferral.cancel();
            deferral.arm();
        });
        assertEquals(1, count());
    }

    @Test
    @DisplayName("L3 they run in the order in which they were armed; one cancelled and armed again is last")
    void theyRunInTheOrderOfArming_L3() {
        List<Integer> order = new ArrayList<>();
        virtual.run(() -> {
            Deferral[] all = new Deferral[1000]; // L1: more than libevpl's 256
            for (int i = 0; i < all.length; i++) {
                int number = i;
                all[i] = loop.newDeferral(() -> order.add(number));
                all[i].arm();
            }
            all[7].cancel();
            all[7].arm();
        });
        virtual.settle();
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            if (i != 7) {
                expected.add(i);
            }
        }
        expected.add(7);
        assertEquals(expected, virtual.call(() -> order));
    }

    @Test
    void anExceptionInACallbackLosesNoOther() {
        Deferral failing = loop.newDeferral(() -> {
            throw new AssertionError("on purpose");
        });
        virtual.run(() -> {
            failing.arm();
            deferral.arm();
        });
        assertEquals(1, count());
    }

    @Test
    void anotherThreadIsRefusedByName() {
        String message = assertThrows(IllegalStateException.class, deferral::arm).getMessage();
        assertTrue(message.contains("Deferral.arm"), message);
        assertThrows(IllegalStateException.class, deferral::cancel);
    }
}
