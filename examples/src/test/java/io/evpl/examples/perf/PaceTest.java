package io.evpl.examples.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    private static final int ROUNDS = 3;

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 6})
    void theQuickRowsTakeAboutAMinuteHoweverManyTransportsThereAre(int transports) {
        Pace pace = Pace.of(plan(0, -1), Rows.QUICK.size() * ROUNDS * transports);
        assertEquals(Pace.BUDGET_SECONDS, pace.expectedSeconds(Rows.QUICK.size() * ROUNDS * transports), 4);
    }

    @Test
    void aLoneTransportIsNotMeasuredForAMinuteARound() {
        assertTrue(Pace.of(plan(0, -1), Rows.QUICK.size() * ROUNDS).measureNs() <= 3_000_000_000L);
    }

    @Test
    void whatTheUserSaysIsTaken() {
        Pace pace = Pace.of(plan(1.5, 0.2), Rows.QUICK.size() * ROUNDS * 6);
        assertEquals(1_500_000_000L, pace.measureNs());
        assertEquals(200_000_000L, pace.warmupNs());
        assertEquals(0, pace.maxSettleNs());
    }

    private static PerfPlan plan(double seconds, double warmupSeconds) {
        return new PerfPlan(Rows.QUICK, List.of(), false, ROUNDS, seconds, warmupSeconds, 1, false, null, null, null);
    }
}
