package io.evpl.examples.perf.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Mode;
import io.evpl.examples.perf.scenario.Modes;
import io.evpl.examples.perf.scenario.Rpc;
import io.evpl.examples.perf.scenario.Scenario;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generator by RPC calls, against our own server. */
@Timeout(30)
class RpcLoadTest extends LoadFixture {
    private static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(200);

    static Stream<Scenario> rows() {
        return Stream.<Mode>of(Modes.RPC, Modes.RPC_BUFFERS, Modes.RPC_ONE_CLIENT)
                .flatMap(mode -> Stream.of(0, 1021, 128 * 1024).map(bytes -> Scenario.rpc(mode, bytes, 32)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void allThatWasSentIsServedAndCounted(Scenario row) throws Exception {
        LoopsWithin within = new LoopsWithin(server, () -> loops);
        Listening listening = Listening.open(within, row, "0");
        load.connect(row, listening.place());
        load.openWindow();
        LoadTally.Window window = load.measure(WINDOW_NS);
        long sentBytes = load.finish();
        ControlLine mark = listening.mark();
        assertTrue(window.messages() > 0);
        assertEquals(sentBytes, mark.number("receivedBytes"));
        assertEquals(0, sentBytes % Rpc.callBytes(row.payloadBytes()));
        assertEquals(sentBytes / Rpc.callBytes(row.payloadBytes()) * Rpc.replyBytes(row.payloadBytes()), mark.number("sentBytes"));
        load.close();
        listening.close();
    }

    @Test
    void aServerThatIsGoneIsAFailureAndNotAResult() throws Exception {
        Scenario row = Scenario.rpc(Modes.RPC, 1024, 4);
        Listening listening = Listening.open(new LoopsWithin(server, () -> loops), row, "0");
        load.connect(row, listening.place());
        listening.close();
        assertThrows(LoadGenerator.Failed.class, () -> load.measure(WINDOW_NS));
    }

    @Test
    void callsAndRepliesHaveTheSizesOfTheStandard() {
        assertEquals(44, Rpc.callBytes(0));
        assertEquals(28, Rpc.replyBytes(0));
        assertEquals(44 + 4 + 8, Rpc.callBytes(5));
        assertEquals(28 + 4 + 8, Rpc.replyBytes(5));
    }
}
