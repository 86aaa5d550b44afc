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
        Pace pace = Pace.of(plan(0, -1), transports);
        double perRow = 0;
        for (int round = 0; round < ROUNDS; round++) {
            perRow += pace.seconds(round) * transports;
        }
        assertEquals(Pace.BUDGET_SECONDS, perRow * Rows.QUICK.size(), 1);
    }

    @Test
    void aLoneTransportIsNotMeasuredForAMinuteARound() {
        assertTrue(Pace.of(plan(0, -1), 1).measureNs() <= 3_000_000_000L);
    }

    @Test
    void whatTheUserSaysIsTaken() {
        assertEquals(new Pace(200_000_000L, 200_000_000L, 1_500_000_000L), Pace.of(plan(1.5, 0.2), 6));
    }

    private static PerfPlan plan(double seconds, double warmupSeconds) {
        return new PerfPlan(Rows.QUICK, List.of(), false, ROUNDS, seconds, warmupSeconds, 1, false, null, null, null);
    }
}
