package io.evpl.loop;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SpinPolicyTest {
    private static final long LIMIT_NS = 50_000;
    private static final long NEVER = Long.MAX_VALUE;
    /** More than any number of loops that other tests may have left awake. */
    private static final int MANY_CORES = 1_000_000;
    private static final long LOOK_NS = 100;
    /** The scheduler's base slice. */
    private static final long SLICE_NS = 3_000_000;

    private final List<SpinPolicy> started = new ArrayList<>();
    private long nowNs = 1_000;
    /** Each look at the clock takes time, or spinning would never end. */
    private long lookNs = LOOK_NS;
    private final SpinPolicy policy = policy(LIMIT_NS, MANY_CORES);

    private SpinPolicy policy(long limitNs, int cores) {
        SpinPolicy one = new SpinPolicy(() -> nowNs += lookNs, limitNs, cores);
        one.started();
        started.add(one);
        return one;
    }

    @AfterEach
    void stopAll() {
        started.forEach(SpinPolicy::stopped);
    }

    private void sleep(SpinPolicy one, long gapNs, boolean worked) {
        one.beforeSleep();
        nowNs += gapNs;
        one.afterSleep(worked);
    }

    /** Work comes soon after work, until spinning is tried. @return how many gaps it took */
    private int sleepUntilSpinning(SpinPolicy one) {
        for (int gaps = 0; gaps < 10_000; gaps++) {
            if (one.shouldSpin()) {
                return gaps;
            }
            sleep(one, LIMIT_NS / 2, true);
        }
        throw new AssertionError("never tries");
    }

    private boolean spinUntil(long workNs) {
        long dueNs = nowNs + workNs;
        return policy.spin(() -> nowNs >= dueNs, NEVER);
    }

    private boolean spinInVain() {
        return policy.spin(() -> false, NEVER);
    }

    @Test
    void aNewLoopDoesNotSpin() {
        assertFalse(policy.shouldSpin());
    }

    @Test
    void shortGapsInARowLeadToATrial() {
        assertTrue(sleepUntilSpinning(policy) <= 8);
    }

    @Test
    void longGapsNeverDo() {
        for (int i = 0; i < 10_000; i++) {
            sleep(policy, 100 * LIMIT_NS, true);
            assertFalse(policy.shouldSpin());
        }
    }

    @Test
    void aLongGapBetweenShortOnesBeginsTheCountAgain() {
        for (int i = 0; i < 1000; i++) {
            sleep(policy, LIMIT_NS / 2, true);
            sleep(policy, LIMIT_NS / 2, true);
            sleep(policy, 100 * LIMIT_NS, true);
            assertFalse(policy.shouldSpin());
        }
    }

    @Test
    void timersAreNoWorkThatSpinningWouldHaveFound() {
        for (int i = 0; i < 1000; i++) {
            sleep(policy, LIMIT_NS / 2, false);
            assertFalse(policy.shouldSpin());
        }
    }

    @Test
    void spinsThatFindWorkKeepItSpinning() {
        sleepUntilSpinning(policy);
        for (int i = 0; i < 1000; i++) {
            assertTrue(spinUntil(LIMIT_NS / 2));
            assertTrue(policy.shouldSpin());
        }
        assertEquals(1000, policy.spins());
        assertEquals(1000, policy.spinHits());
    }

    @Test
    void aSpinEndsAtItsLimit() {
        sleepUntilSpinning(policy);
        long beganNs = nowNs;
        assertFalse(spinInVain());
        long tookNs = nowNs - beganNs;
        assertTrue(tookNs >= LIMIT_NS && tookNs < LIMIT_NS + 20 * LOOK_NS, () -> "took ns: " + tookNs);
    }

    @Test
    void aSpinEndsAtADueTimer() {
        sleepUntilSpinning(policy);
        long dueNs = nowNs + LIMIT_NS / 2;
        assertTrue(policy.spin(() -> false, dueNs));
        assertTrue(nowNs >= dueNs && nowNs < dueNs + 20 * LOOK_NS);
    }

    @Test
    void aFewVainSpinsInARowEndSpinning() {
        sleepUntilSpinning(policy);
        int vain = 0;
        while (policy.shouldSpin() && vain < 100) {
            spinInVain();
            sleep(policy, 100 * LIMIT_NS, true);
            vain++;
        }
        assertTrue(vain <= 3, "vain spins: " + vain);
    }

    @Test
    void anIdleLoopSpinsAtMostOnceForItHasWorkOnlyOnce() {
        sleepUntilSpinning(policy);
        assertFalse(spinInVain());
        policy.beforeSleep(); // and nothing comes
        assertEquals(1, policy.spins());
        policy.afterSleep(true);
    }

    @Test
    void eachTrialThatFailsMakesItWaitLongerUpToALimit() {
        int before = sleepUntilSpinning(policy);
        for (int trial = 0; trial < 20; trial++) {
            while (policy.shouldSpin()) {
                spinInVain();
            }
            int gaps = sleepUntilSpinning(policy);
            assertTrue(gaps >= before, before + " gaps, then " + gaps);
            before = gaps;
        }
        assertTrue(before >= 1000 && before <= 4096, "gaps in the end: " + before);
    }

    @Test
    void aTrialThatSucceedsMakesItEagerAgain() {
        for (int trial = 0; trial < 8; trial++) {
            sleepUntilSpinning(policy);
            while (policy.shouldSpin()) {
                spinInVain();
            }
        }
        sleepUntilSpinning(policy);
        spinUntil(LIMIT_NS / 2);
        while (policy.shouldSpin()) {
            spinInVain();
        }
        assertTrue(sleepUntilSpinning(policy) <= 16);
    }

    /** A slice of somebody else's, taken while the loop spun. */
    private void loseASlice() {
        lookNs = SLICE_NS;
        spinUntil(SLICE_NS + 1);
        lookNs = LOOK_NS;
    }

    @Test
    void aSliceNowAndThenDoesNotEndSpinning() {
        sleepUntilSpinning(policy);
        for (int i = 0; i < 10; i++) {
            loseASlice();
            assertTrue(policy.shouldSpin());
            assertTrue(spinUntil(LIMIT_NS / 2));
            nowNs += 100_000_000;
        }
    }

    @Test
    void slicesInARowEndSpinningEvenIfWorkWasFound() {
        sleepUntilSpinning(policy);
        loseASlice();
        loseASlice();
        assertFalse(policy.shouldSpin());
    }

    @Test
    void aContendedCoreEndsSpinningAtOnce() {
        sleepUntilSpinning(policy);
        lookNs = 2 * SLICE_NS;
        assertFalse(spinInVain());
        assertFalse(policy.shouldSpin());
    }

    @Test
    void aContendedCoreIsForgivenInTheEnd() {
        sleepUntilSpinning(policy);
        lookNs = 2 * SLICE_NS;
        spinInVain();
        lookNs = LOOK_NS;
        sleepUntilSpinning(policy);
        assertTrue(spinUntil(LIMIT_NS / 2));
    }

    @Test
    void nobodySpinsWhenAsManyLoopsAreAwakeAsThereAreCores() {
        SpinPolicy onOneCore = policy(LIMIT_NS, 1);
        for (int i = 0; i < 100; i++) {
            sleep(onOneCore, LIMIT_NS / 2, true);
            assertFalse(onOneCore.shouldSpin());
        }
    }

    /** One loop on {@code cores} of which one {@code awake} is its neighbour, and ready to spin for anybody's work. */
    private SpinPolicy besideNeighbour(int cores, AtomicInteger awake) {
        SpinPolicy one = new SpinPolicy(awake, () -> nowNs += lookNs, LIMIT_NS, cores);
        one.started();
        for (int i = 0; i < 100; i++) {
            sleep(one, LIMIT_NS / 2, true);
        }
        return one;
    }

    @Test
    void workOfANeighbourNeedsNoFurtherCore() {
        SpinPolicy one = besideNeighbour(2, new AtomicInteger(1));
        assertFalse(one.shouldSpin(), "both cores have a loop awake, and somebody else makes the work");
        one.workFromNeighbour();
        assertTrue(one.shouldSpin(), "the neighbour makes it");
    }

    @Test
    void aThirdLoopAwakeHasNeedOfTheCore() {
        SpinPolicy one = besideNeighbour(2, new AtomicInteger(2));
        one.workFromNeighbour();
        assertFalse(one.shouldSpin());
    }

    @Test
    void ofASingleCoreTheNeighbourHasNeed() {
        SpinPolicy asleep = besideNeighbour(1, new AtomicInteger(0));
        asleep.workFromNeighbour();
        assertFalse(asleep.shouldSpin());
        SpinPolicy awake = besideNeighbour(1, new AtomicInteger(1));
        awake.workFromNeighbour();
        assertFalse(awake.shouldSpin());
    }

    @Test
    void aSpinOrASleepEndsWhatTheNeighbourSaid() {
        SpinPolicy one = besideNeighbour(2, new AtomicInteger(1));
        one.workFromNeighbour();
        assertTrue(one.spin(() -> true, NEVER), "there is work, but whose?");
        assertFalse(one.shouldSpin());
        one.workFromNeighbour();
        sleep(one, LIMIT_NS / 2, true);
        assertFalse(one.shouldSpin());
    }

    @Test
    void zeroNeverSpins() {
        SpinPolicy never = policy(0, MANY_CORES);
        for (int i = 0; i < 10_000; i++) {
            sleep(never, 1, true);
            assertFalse(never.shouldSpin());
        }
    }

    @Test
    void alwaysSpinsForEverWhateverItFindsAndHoweverManyAreAwake() {
        SpinPolicy always = policy(SpinPolicy.ALWAYS, 1);
        assertTrue(always.shouldSpin());
        long dueNs = nowNs + 1000 * LIMIT_NS;
        assertTrue(always.spin(() -> nowNs >= dueNs, NEVER), "longer than any limit");
        assertTrue(always.shouldSpin());
    }

    @Test
    void workThatIsThereAtOnceCostsNoLookAtTheClockButTheFirst() {
        sleepUntilSpinning(policy);
        long beganNs = nowNs;
        assertTrue(policy.spin(() -> true, NEVER));
        assertTrue(nowNs - beganNs <= 2 * LOOK_NS);
    }
}
