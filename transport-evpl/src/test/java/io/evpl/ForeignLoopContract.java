package io.evpl;

import io.evpl.foreign.ForeignLoop;
import io.evpl.linux.OpenFds;
import io.evpl.loop.IoSource;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One source, unchanged, on each loop that may have it. Counts, no times. */
@Timeout(60)
abstract class ForeignLoopContract {
    private static final int MANY = 1000;
    private static final long WINDOW_MS = 50;

    private final ForeignHost host;
    private EventLoopGroup group;
    /** Sources attached and detached: each wakes the others. */
    private int changes;
    EventLoop loop;
    CountingSource source;

    ForeignLoopContract(ForeignHost host) {
        this.host = host;
    }

    @BeforeEach
    void begin() throws Exception {
        group = host.newGroup(1);
        loop = group.next();
        if (host != ForeignHost.EVPL) {
            loop.submit(() -> ForeignLoop.onto(loop).spinFor(0)).sync();
        }
        source = CountingSource.withWakeFd();
    }

    @AfterEach
    void end() {
        ForeignHost.shutDown(group, 0);
        if (source.closes.get() == 0) {
            source.close();
        }
    }

    private void attach(IoSource added) throws InterruptedException {
        changes++;
        ForeignLoop.attach(loop, added).sync();
    }

    private static void awaitPolls(CountingSource polled, int more) {
        int enough = polled.polls.get() + more;
        VirtualLoop.await(() -> polled.polls.get() >= enough);
    }

    private void awaitArmed() {
        VirtualLoop.await(source::isArmed);
    }

    /**
     * It is armed, and no call comes any more. A loop of ours disarms whenever it wakes, for whatever; others only when the source has
     * rung, or sources come and go, and at most once for each.
     */
    private CountingSource.Calls assertNothingHappens() throws InterruptedException {
        CountingSource.Calls calls = source.awaitRest(WINDOW_MS);
        if (host != ForeignHost.EVPL) {
            assertTrue(calls.disarms() <= source.rings.get() + changes, () -> calls + " for " + source.rings + " rings");
        }
        return calls;
    }

    /** The source, with work in every poll while {@code busy}. */
    private IoSource whileBusy(BooleanSupplier busy) {
        return new RefusingSource(source, () -> true) {
            @Override
            public int poll(int budget) {
                int count = super.poll(budget);
                if (busy.getAsBoolean()) {
                    source.post();
                }
                return count;
            }
        };
    }

    // ---- idle

    @Test
    void anAddedSourceIsPolledThenArmedOnceAndCostsNothing() throws Exception {
        attach(source);
        CountingSource.Calls calls = assertNothingHappens();
        assertTrue(calls.arms() <= calls.polls(), () -> "armed after a poll: " + calls);
        if (host != ForeignHost.EVPL) {
            assertEquals(1, calls.arms(), calls::toString);
        }
    }

    @Test
    void whatItHadBeforeItWasAddedIsFound() throws Exception {
        source.post();
        attach(source);
        VirtualLoop.await(() -> source.delivered.get() == 1);
        assertNothingHappens();
    }

    @Test
    void workWakesTheHostAndItArmsAgain() throws Exception {
        attach(source);
        for (int i = 1; i <= 200; i++) {
            int expected = i;
            awaitArmed();
            source.post();
            VirtualLoop.await(() -> source.delivered.get() == expected);
        }
        CountingSource.Calls calls = assertNothingHappens();
        if (host != ForeignHost.EVPL) {
            assertEquals(200, calls.disarms(), "one for each ring");
        }
    }

    @Test
    void workPostedAtAnyMomentIsDelivered() throws Exception {
        attach(source);
        for (int i = 0; i < 50_000; i++) {
            source.post();
            if (i % 7 == 0) {
                Thread.yield();
            }
        }
        VirtualLoop.await(() -> source.delivered.get() == 50_000);
        assertNothingHappens();
    }

    /** The next work comes just when the host is about to arm, or has. */
    @Test
    void noWakeIsLostBetweenTheLastPollAndTheArming() throws Exception {
        attach(source);
        for (int i = 1; i <= 5_000; i++) {
            int expected = i;
            int polls = source.polls.get() + i % 24; // some of them before the sources are armed, some after
            int arms = source.arms.get();
            while (source.polls.get() < polls && source.arms.get() == arms && source.arms.get() == source.disarms.get()) {
                Thread.onSpinWait();
            }
            source.post();
            while (source.delivered.get() < expected) {
                Thread.onSpinWait();
            }
        }
        assertEquals(5_000, source.delivered.get());
    }

    @Test
    void anIdleSourceTakesNoTurnOfABusyHost() throws Exception {
        attach(source);
        awaitArmed();
        CountingSource.Calls calls = source.calls();
        host.echo(loop, MANY);
        CountingSource.Calls callsInTheEnd = assertNothingHappens();
        if (host != ForeignHost.EVPL) {
            assertEquals(calls, callsInTheEnd);
        }
    }

    @Test
    void twoSourcesShareTheHost() throws Exception {
        CountingSource other = CountingSource.withWakeFd();
        attach(source);
        attach(other);
        for (int i = 1; i <= 100; i++) {
            int expected = i;
            (i % 2 == 0 ? source : other).post();
            VirtualLoop.await(() -> source.delivered.get() + other.delivered.get() == expected);
        }
    }

    @Test
    void oneThatOnlyPollingCanSeeKeepsTheTurnsComingWhileItHasWork() throws Exception {
        CountingSource blind = CountingSource.polledOnly();
        AtomicInteger turns = new AtomicInteger();
        blind.onPoll = () -> {
            if (turns.incrementAndGet() == MANY) {
                blind.post();
            }
        };
        IoSource slow = new RefusingSource(blind, () -> turns.get() >= MANY);
        attach(slow);
        VirtualLoop.await(() -> blind.delivered.get() == 1);
        assertTrue(turns.get() >= MANY);
        CountingSource.Calls calls = blind.awaitRest(WINDOW_MS);
        if (host != ForeignHost.EVPL) {
            assertEquals(1, calls.arms());
        }
    }

    // ---- busy

    @Test
    void aBusySourceStarvesNeitherTasksNorTimersNorTheHostsOwnConnections() throws Exception {
        AtomicBoolean busy = new AtomicBoolean(true);
        attach(whileBusy(busy::get));
        awaitPolls(source, MANY);
        for (int i = 0; i < MANY; i++) {
            loop.submit(() -> { }).get(20, TimeUnit.SECONDS);
        }
        for (int i = 0; i < 20; i++) {
            loop.schedule(() -> { }, 1, TimeUnit.MILLISECONDS).get(20, TimeUnit.SECONDS);
        }
        int polls = source.polls.get();
        host.echo(loop, MANY);
        assertTrue(source.polls.get() - polls >= MANY, "and the source has at least a turn for each echo");
        busy.set(false);
        assertNothingHappens();
    }

    // ---- changes

    @Test
    void aDetachedSourceIsNotCalledNorClosedAndMayComeBack() throws Exception {
        attach(source);
        awaitArmed();
        changes++;
        assertTrue(ForeignLoop.detach(loop, source).get());
        int polls = source.polls.get();
        source.post();
        VirtualLoop.letPass(WINDOW_MS);
        assertEquals(polls, source.polls.get());
        assertEquals(0, source.closes.get());
        assertEquals(source.arms.get(), source.disarms.get());
        assertFalse(ForeignLoop.detach(loop, source).get());
        attach(source);
        VirtualLoop.await(() -> source.delivered.get() == 1);
        assertNothingHappens();
    }

    @Test
    void aSourceIsDetachedWithinItsPollWhileItIsBusy() throws Exception {
        IoSource busy = whileBusy(() -> true);
        source.onPoll = () -> {
            if (source.polls.get() == 100) {
                ForeignLoop.of(loop).removeSource(busy);
            }
        };
        attach(busy);
        VirtualLoop.await(() -> source.polls.get() == 100);
        host.echo(loop, 100);
        assertEquals(100, source.polls.get());
        assertEquals(source.arms.get(), source.disarms.get());
    }

    @Test
    void exceptionsOfASourceAreNotItsEndNorThatOfOthers() throws Exception {
        CountingSource other = CountingSource.withWakeFd();
        source.onPoll = () -> {
            if (source.polls.get() <= 3) {
                throw new IllegalStateException("on purpose");
            }
        };
        source.post();
        other.post();
        attach(source);
        attach(other);
        VirtualLoop.await(() -> source.delivered.get() == 1 && other.delivered.get() == 1);
        assertNothingHappens();
    }

    @Test
    void misuseIsRefusedByName() throws Exception {
        assertTrue(assertThrows(IllegalStateException.class, () -> ForeignLoop.of(loop).addSource(source)).getMessage()
                .contains("addSource"));
        assertThrows(IllegalStateException.class, () -> ForeignLoop.of(loop).removeSource(source));
        attach(source);
        assertInstanceOf(IllegalArgumentException.class, failure(ForeignLoop.attach(loop, source)));
        assertInstanceOf(IOException.class, failure(ForeignLoop.attach(loop, new RefusingSource(source, () -> true) {
            @Override
            public int wakeFd() {
                return 1 << 20; // no such descriptor
            }
        })));
    }

    private static Throwable failure(Future<?> future) throws InterruptedException {
        return assertThrows(ExecutionException.class, future::get).getCause();
    }

    // ---- the host's end

    @Test
    void theHostsEndClosesWhatIsLeft() throws Exception {
        ends(0, false);
        ends(0, true);
        ends(1, true);
        ends(1, false);
    }

    private void ends(long quietMs, boolean isBusy) throws Exception {
        EventLoopGroup other = host.newGroup(1);
        CountingSource first = CountingSource.withWakeFd();
        CountingSource second = CountingSource.withWakeFd();
        if (isBusy) {
            first.onPoll = first::post;
        }
        ForeignLoop.attach(other.next(), first).sync();
        ForeignLoop.attach(other.next(), second).sync();
        ForeignHost.shutDown(other, quietMs);
        assertEquals(1, first.closes.get());
        assertEquals(1, second.closes.get());
        assertEquals(first.arms.get(), first.disarms.get());
        assertEquals(second.arms.get(), second.disarms.get());
    }

    @Test
    void nothingIsLeftBehindNoDescriptorAndNoThread() throws Exception {
        ForeignHost.shutDown(group, 0); // whose source was never added
        ForeignHost.awaitNoWatcher();
        long fds = OpenFds.count();
        ends(0, false);
        ForeignHost.awaitNoWatcher();
        VirtualLoop.await(() -> OpenFds.count() <= fds);
    }
}
