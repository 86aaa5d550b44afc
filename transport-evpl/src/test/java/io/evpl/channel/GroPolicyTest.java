package io.evpl.channel;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GroPolicyTest {
    private static final SocketAddress ONE = new InetSocketAddress(1);
    private static final SocketAddress OTHER = new InetSocketAddress(2);
    private static final int WINDOW = GroPolicy.WINDOW_MESSAGES;

    private final GroPolicy policy = new GroPolicy();

    private void train(int messages) {
        for (int i = 0; i < messages && !policy.wantsChange(); i++) {
            policy.arrived(ONE, 100, 0);
        }
    }

    private void aggregates(int messages) {
        for (int i = 0; i < messages && !policy.wantsChange(); i++) {
            policy.arrived(ONE, 6400, 100);
        }
    }

    private void switchedOn() {
        train(WINDOW);
        assertTrue(policy.wantsChange());
        policy.settled(true);
    }

    @Test
    void aTrainIsWorthATrialAfterAWindow() {
        train(WINDOW - 1);
        assertFalse(policy.wantsChange());
        train(1);
        assertTrue(policy.wantsChange());
    }

    @Test
    void manySendersOrSizesAreNoTrain() {
        for (int i = 0; i < 10 * WINDOW; i++) {
            policy.arrived(i % 2 == 0 ? ONE : OTHER, 100, 0);
            assertFalse(policy.wantsChange());
        }
        for (int i = 0; i < 10 * WINDOW; i++) {
            policy.arrived(ONE, 100 + i % 3, 0);
            assertFalse(policy.wantsChange());
        }
    }

    @Test
    void datagramsThatComeOneByOneAreNoTrain() {
        for (int i = 0; i < 10 * WINDOW; i++) {
            train(1);
            policy.batchEnded();
        }
        assertFalse(policy.wantsChange());
    }

    @Test
    void noAddressIsTheSameAddress() {
        for (int i = 0; i < WINDOW; i++) {
            policy.arrived(null, 100, 0);
        }
        assertTrue(policy.wantsChange(), "a connected socket has one sender");
    }

    @Test
    void aTrialThatShowsAggregatesGoesOn() {
        switchedOn();
        aggregates(100 * WINDOW);
        assertFalse(policy.wantsChange());
    }

    @Test
    void eachTrialThatFailsIsFollowedByALongerPause() {
        int before = 0;
        for (int trial = 0; trial < 14; trial++) {
            int windows = 0;
            while (!policy.wantsChange()) {
                train(WINDOW);
                windows++;
            }
            assertTrue(windows > before || windows == 1025, before + " windows, then " + windows);
            before = windows;
            policy.settled(true);
            train(WINDOW);
            assertTrue(policy.wantsChange(), "no aggregates");
            policy.settled(false);
        }
    }

    @Test
    void whatCouldNotBeSwitchedOffIsTriedAgain() {
        switchedOn();
        train(WINDOW);
        int attempts = 0;
        while (policy.wantsChange()) {
            policy.settled(true);
            attempts++;
        }
        assertEquals(8, attempts, "at once, but not for ever");
        train(WINDOW);
        assertTrue(policy.wantsChange());
    }

    @Test
    void aKernelWithoutItIsNotAskedAllTheTime() {
        train(WINDOW);
        policy.settled(false);
        for (int i = 0; i < 1024; i++) {
            train(WINDOW);
            assertFalse(policy.wantsChange());
        }
    }
}
