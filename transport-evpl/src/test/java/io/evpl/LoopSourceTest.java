package io.evpl;

import io.evpl.linux.OpenFds;
import io.evpl.loop.IoSource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Sources added to a loop, and pins. libevpl's poller is a source here: its exit callback is {@link IoSource#arm}, its enter
 * callback {@link IoSource#disarm}, and the activity it reports is what {@link IoSource#poll} returns.
 */
class LoopSourceTest {
    private static final int MANY = 1000;
    private static final long WINDOW_MS = 100;

    private final VirtualLoop virtual = new VirtualLoop();
    private final EvplEventLoop loop = virtual.loop();
    private CountingSource source;

    @BeforeEach
    void open() throws IOException {
        source = CountingSource.withWakeFd();
    }

    @AfterEach
    void end() {
        virtual.close();
        if (source.closes.get() == 0) {
            source.close();
        }
    }

    private void add(IoSource added) {
        virtual.run(() -> loop.addSource(added));
    }

    private void awaitPolls(CountingSource polled) {
        int enough = polled.polls.get() + MANY;
        VirtualLoop.await(() -> polled.polls.get() >= enough);
    }

    private void assertNothingHappens() throws Exception {
        virtual.clock().advance(VirtualLoop.MS);
        VirtualLoop.awaitStill(WINDOW_MS, loop);
    }

    /** It is armed, which it is after a poll only, and no call comes any more. The loop disarms whenever it wakes, for whatever. */
    private CountingSource.Calls assertRests(CountingSource armed) throws Exception {
        assertNothingHappens();
        CountingSource.Calls calls = armed.awaitRest(WINDOW_MS);
        assertTrue(calls.arms() <= calls.polls(), calls::toString);
        return calls;
    }

    @Test
    @DisplayName("P1 a source that was added is polled, then armed once, and the loop sleeps")
    void anAddedSourceIsPolledThenArmedOnce_P1() throws Exception {
        add(source);
        assertRests(source);
    }

    @Test
    @DisplayName("P2 while nothing happens a source costs nothing")
    void aQuietWindowCallsNobody_P2() throws Exception {
        add(source);
        virtual.awaitSleep();
        long wakeups = loop.wakeups();
        assertRests(source);
        assertEquals(wakeups, loop.wakeups(), "nobody rings");
    }

    @Test
    @DisplayName("P3 its descriptor wakes the loop: disarmed, polled, armed again")
    void workWakesTheLoop_P3() throws Exception {
        add(source);
        for (int i = 1; i <= 100; i++) {
            int expected = i;
            VirtualLoop.await(source::isArmed);
            source.post();
            VirtualLoop.await(() -> source.delivered.get() == expected);
        }
        assertTrue(assertRests(source).disarms() >= source.rings.get(), "one for each ring, at least");
    }

    @Test
    @DisplayName("P3 work posted at any moment is delivered: between the last poll and the arming too")
    void workPostedAtAnyMomentIsDelivered_P3() {
        add(source);
        for (int i = 0; i < 20_000; i++) {
            source.post();
            if (i % 7 == 0) {
                Thread.yield();
            }
        }
        VirtualLoop.await(() -> source.delivered.get() == 20_000);
    }

    @Test
    @DisplayName("P4 a pinned loop polls and never sleeps, however quiet it is")
    void aPinnedLoopPollsAndNeverSleeps_P4() {
        add(source);
        virtual.awaitSleep();
        virtual.run(loop::pin);
        int arms = source.arms.get();
        long sleeps = virtual.call(loop::sleeps);
        awaitPolls(source);
        virtual.window(5);
        awaitPolls(source);
        assertEquals(arms, source.arms.get(), "arms");
        assertEquals(sleeps, virtual.call(loop::sleeps), "sleeps");
    }

    @Test
    @DisplayName("P5 unpinned it is polled, then armed once")
    void anUnpinnedLoopPollsThenArmsOnce_P5() throws Exception {
        add(source);
        virtual.run(loop::pin);
        awaitPolls(source);
        int arms = source.arms.get();
        virtual.run(loop::unpin);
        assertTrue(assertRests(source).arms() > arms);
    }

    @Test
    @DisplayName("P6 pins are counted")
    void pinsAreCounted_P6() throws Exception {
        add(source);
        virtual.run(() -> {
            loop.pin();
            loop.pin();
            loop.unpin();
        });
        long sleeps = virtual.call(loop::sleeps);
        awaitPolls(source);
        assertEquals(sleeps, virtual.call(loop::sleeps), "sleeps");
        virtual.run(loop::unpin);
        assertNothingHappens();
        assertThrows(IllegalStateException.class, () -> virtual.run(loop::unpin));
    }

    @Test
    @DisplayName("P7 L6 what a source had before it was added is found; without a source nothing keeps the loop awake")
    void whatASourceHadBeforeItWasAddedIsFound_P7() throws Exception {
        assertNothingHappens();
        source.post();
        add(source);
        VirtualLoop.await(() -> source.delivered.get() == 1);
        assertRests(source);
    }

    @Test
    @DisplayName("P8 after it was removed a source is not called; it is not closed either, and may be added again")
    void aRemovedSourceIsNotCalled_P8() throws Exception {
        add(source);
        virtual.awaitSleep();
        assertTrue(virtual.call(() -> loop.removeSource(source)));
        int arms = source.arms.get();
        int polls = source.polls.get();
        source.post();
        virtual.settle();
        assertEquals(arms, source.arms.get());
        assertEquals(polls, source.polls.get());
        assertEquals(0, source.closes.get());
        assertFalse(virtual.call(() -> loop.removeSource(source)));
        add(source);
        VirtualLoop.await(() -> source.delivered.get() == 1);
        assertRests(source);
    }

    @Test
    void aSourceRemovesItselfAndAnotherInAPoll() throws Exception {
        CountingSource other = CountingSource.withWakeFd();
        source.onPoll = () -> {
            loop.removeSource(source);
            loop.removeSource(other);
        };
        virtual.run(() -> {
            loop.addSource(source);
            loop.addSource(other);
        });
        virtual.awaitSleep();
        assertEquals(1, source.polls.get());
        assertEquals(0, other.polls.get());
        other.close();
    }

    @Test
    void aSourceAddsAnotherInAPoll() throws Exception {
        CountingSource other = CountingSource.withWakeFd();
        source.onPoll = () -> {
            if (source.polls.get() == 1) {
                addUnchecked(other);
            }
        };
        add(source);
        virtual.awaitSleep();
        assertTrue(other.polls.get() >= 1);
        other.post();
        VirtualLoop.await(() -> other.delivered.get() == 1);
    }

    private void addUnchecked(IoSource added) {
        try {
            loop.addSource(added);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSourceThatOnlyPollingCanSeeKeepsTheLoopAwakeWhileItHasWork() throws Exception {
        AtomicInteger budget = new AtomicInteger();
        CountingSource blind = CountingSource.polledOnly();
        IoSource slow = new IoSource() {
            @Override
            public int poll(int most) {
                return budget.incrementAndGet() < MANY ? 0 : blind.poll(most); // the device takes its time
            }

            @Override
            public boolean arm() {
                return blind.arm();
            }

            @Override
            public void disarm() {
                blind.disarm();
            }

            @Override
            public int wakeFd() {
                return -1;
            }

            @Override
            public void close() {
                blind.close();
            }
        };
        blind.post();
        add(slow);
        VirtualLoop.await(() -> blind.delivered.get() == 1);
        assertRests(blind);
    }

    @Test
    void aSourceThatRefusesLeavesNoneArmed() throws Exception {
        CountingSource blind = CountingSource.polledOnly();
        blind.onPoll = () -> {
            if (blind.polls.get() == 1) {
                blind.post();
            }
        };
        virtual.run(() -> {
            loop.addSource(source);
            loop.addSource(blind);
        });
        assertRests(source);
        assertRests(blind);
    }

    @Test
    void anExceptionInAPollIsNotTheEndOfOtherSources() throws Exception {
        CountingSource other = CountingSource.withWakeFd();
        source.onPoll = () -> {
            if (source.polls.get() <= 3) {
                throw new IllegalStateException("on purpose");
            }
        };
        source.post();
        other.post();
        virtual.run(() -> {
            loop.addSource(source);
            loop.addSource(other);
        });
        VirtualLoop.await(() -> source.delivered.get() == 1 && other.delivered.get() == 1);
    }

    @Test
    void aSpinningLoopPollsItsSources() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1, null, VirtualLoop.config("spinNs", "-1"));
        EvplEventLoop spinning = (EvplEventLoop) group.next();
        VirtualLoop.call(spinning, () -> {
            spinning.addSource(source);
            return null;
        });
        for (int i = 1; i <= 100; i++) {
            int expected = i;
            source.post();
            VirtualLoop.await(() -> source.delivered.get() == expected);
        }
        assertEquals(0, source.arms.get(), "it never slept");
        VirtualLoop.shutDown(group);
    }

    @Test
    void theLoopsEndClosesTheSourcesThatAreLeftAndLeavesNoDescriptor() throws Exception {
        VirtualLoop warm = new VirtualLoop();
        warm.close();
        long fds = OpenFds.count();
        VirtualLoop other = new VirtualLoop();
        CountingSource first = CountingSource.withWakeFd();
        CountingSource second = CountingSource.withWakeFd();
        other.run(() -> {
            other.loop().addSource(first);
            other.loop().addSource(second);
        });
        other.close();
        assertEquals(1, first.closes.get());
        assertEquals(1, second.closes.get());
        assertEquals(first.arms.get(), first.disarms.get(), "armed and disarmed");
        assertEquals(fds, OpenFds.count(), () -> OpenFds.list().toString());
    }

    @Test
    void hundredsOfSourcesAreServed() throws Exception { // L1: more than libevpl's 256
        CountingSource[] many = new CountingSource[500];
        for (int i = 0; i < many.length; i++) {
            many[i] = CountingSource.withWakeFd();
            add(many[i]);
        }
        for (CountingSource one : many) {
            one.post();
        }
        for (CountingSource one : many) {
            VirtualLoop.await(() -> one.delivered.get() == 1);
        }
        assertNothingHappens();
    }

    @Test
    void misuseIsRefusedByName() throws Exception {
        assertTrue(assertThrows(IllegalStateException.class, () -> loop.addSource(source)).getMessage().contains("addSource"));
        assertThrows(IllegalStateException.class, () -> loop.removeSource(source));
        assertThrows(IllegalStateException.class, loop::pin);
        add(source);
        assertThrows(IllegalArgumentException.class, () -> virtual.run(() -> loop.addSource(source)));
    }
}
