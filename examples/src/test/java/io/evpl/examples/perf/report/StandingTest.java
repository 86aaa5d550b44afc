package io.evpl.examples.perf.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.PerfPlan;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Scenario SCENARIO = Scenario.pingPong(1, 64, 1);
    private static final double EXACT = 1e-9;

    @Test
    void mediansOfOddAndEvenCountsAndOfNothing() {
        assertEquals(2, Medians.of(3, 1, 2));
        assertEquals(2.5, Medians.of(4, 1, 2, 3));
        assertTrue(Double.isNaN(Medians.of()));
    }

    @Test
    void figuresAreMediansOfTheRounds() {
        Standing evpl = of(SampleResults.row(SCENARIO), Transport.EVPL_URING);
        assertEquals(180_000, evpl.messagesPerSecond(), EXACT);
        assertEquals(180_000 * 64 / 1e6, evpl.megabytesPerSecond(), EXACT);
        assertEquals(5, evpl.cpuUs(), EXACT);
        assertEquals(6, evpl.processCpuUs(), EXACT);
        assertEquals(0.9, evpl.loopsBusy(), EXACT);
        assertEquals(500, evpl.p50Us(), 1);
        assertEquals(990, evpl.p99Us(), 1);
    }

    /** The machine halves its speed between rounds: the ratio of medians would be 1.5 here, or anything; round by round it is 2. */
    @Test
    void theRatioIsTakenRoundByRound() {
        Row row = new Row(SCENARIO, Transport.EVPL_URING);
        long[] evpl = {400, 100, 200};
        long[] nio = {200, 50, 400};
        for (int i = 0; i < evpl.length; i++) {
            row.rounds().add(SampleResults.round(SCENARIO, Transport.EVPL_URING, i, evpl[i], 1));
            row.rounds().add(SampleResults.round(SCENARIO, Transport.NIO, i, nio[i], 1));
        }
        assertEquals(2, of(row, Transport.EVPL_URING).rateRatio(), EXACT);
    }

    @Test
    void theBestPeerByRateNeedNotBeTheOneByCpu() {
        Row row = new Row(SCENARIO, Transport.EVPL_URING);
        row.rounds().add(SampleResults.round(SCENARIO, Transport.EVPL_URING, 0, 300, 4));
        row.rounds().add(SampleResults.round(SCENARIO, Transport.NIO, 0, 100, 8));
        row.rounds().add(SampleResults.round(SCENARIO, Transport.EPOLL, 0, 200, 10));
        assertTrue(of(row, Transport.EPOLL).bestRate());
        assertTrue(of(row, Transport.NIO).bestCpu());
        assertEquals(1.5, of(row, Transport.EVPL_URING).rateRatio(), EXACT);
        assertEquals(0.5, of(row, Transport.EVPL_URING).cpuRatio(), EXACT);
    }

    @Test
    void whoStalledOnceIsNoPeerEvenIfItsOtherRoundsWereFast() {
        Row row = new Row(SCENARIO, Transport.EVPL_URING);
        row.rounds().add(SampleResults.round(SCENARIO, Transport.EVPL_URING, 0, 300, 4));
        row.rounds().add(SampleResults.round(SCENARIO, Transport.NIO, 0, 100, 8));
        row.rounds().add(SampleResults.round(SCENARIO, Transport.INCUBATOR, 0, 9000, 1));
        row.rounds().add(Round.without(Transport.INCUBATOR, 1, Round.Outcome.STALLED, "no progress for 2 s"));
        Standing incubator = of(row, Transport.INCUBATOR);
        assertEquals("stalled: no progress for 2 s", incubator.trouble());
        assertTrue(Double.isNaN(incubator.messagesPerSecond()));
        assertEquals(3, of(row, Transport.EVPL_URING).rateRatio(), EXACT);
    }

    @Test
    void withoutAPeerThereIsNoRatio() {
        Row row = new Row(SCENARIO, Transport.EVPL_URING);
        row.rounds().add(SampleResults.round(SCENARIO, Transport.EVPL_URING, 0, 300, 4));
        assertTrue(Double.isNaN(of(row, Transport.EVPL_URING).rateRatio()));
    }

    @Test
    void aStalledPeerIsNoFailureOfTheRunButAStallOfOursIs() {
        assertFalse(SampleResults.results().failed());
        Results ours = SampleResults.results();
        ours.rows().getFirst().rounds().add(Round.without(Transport.EVPL_URING, 3, Round.Outcome.STALLED, ""));
        assertTrue(ours.failed());
        Results wrong = SampleResults.results();
        wrong.rows().getFirst().rounds().add(Round.without(Transport.NIO, 3, Round.Outcome.FAILED, "byte 3 came back wrong"));
        assertTrue(wrong.failed());
    }

    @Test
    void aLinkThatATransportLacksIsAFailureOnlyIfItWasNamed() {
        Results asked = SampleResults.results();
        asked.rows().getFirst().rounds().add(Round.without(Transport.EPOLL, 0, Round.Outcome.UNAVAILABLE, "x.Y is not on the class path"));
        assertFalse(asked.failed());
        assertEquals("unavailable: x.Y is not on the class path", of(asked.rows().getFirst(), Transport.EPOLL).trouble());
        PerfPlan plan = asked.plan();
        PerfPlan naming = new PerfPlan(plan.scenarios(), plan.transports(), true, 3, 1, 1, 1, true, null, null, null);
        Results named = new Results(asked.machine(), naming, asked.pace(), asked.nettyVersions(), Map.of(), asked.rows());
        assertTrue(named.failed());
    }

    @Test
    void lossIsAShareOfWhatWasSent() {
        Row row = SampleResults.row(Scenario.packetEcho(16, 64, 8));
        assertEquals(0.01, of(row, Transport.NIO).lossShare(), 1e-4);
        assertEquals(0, of(SampleResults.row(SCENARIO), Transport.NIO).lossShare(), EXACT);
    }

    @Test
    void whatComesAfterItWasGivenUpBeforeTheWindowIsNoGain() {
        Round round = new Round(Transport.NIO, 0, Round.Outcome.MEASURED, "", 1, 100, 6400, -3, 1, 100, 1, 1, 0, 0, null);
        assertEquals(0, round.lossShare(), EXACT);
    }

    private static Standing of(Row row, Transport transport) {
        List<Standing> standings = Standing.of(row);
        return standings.stream().filter(standing -> standing.transport() == transport).findFirst().orElseThrow();
    }
}
