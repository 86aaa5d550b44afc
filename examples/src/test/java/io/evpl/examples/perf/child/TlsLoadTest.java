package io.evpl.examples.perf.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Mode;
import io.evpl.examples.perf.scenario.Modes;
import io.evpl.examples.perf.scenario.Scenario;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generator over TLS, against our own servers. */
@Timeout(60)
class TlsLoadTest extends LoadFixture {
    private static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(300);

    static Stream<Scenario> scenarios() {
        return Stream.of(Scenario.pingPong(3, 1024, 2).over(Link.TLS), Scenario.stream(1, 1 << 20, Direction.BOTH).over(Link.TLS),
                handshakes(Modes.HANDSHAKE), handshakes(Modes.RESUMPTION));
    }

    private static Scenario handshakes(Mode mode) {
        return Scenario.handshake(mode, 4, 64);
    }

    /** Of handshakes this is also that each was of the kind it had to be: HandshakeLoad asks the provider. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void whatIsSentArrivesWholeOnBothSides(Scenario scenario) throws Exception {
        Listening listening = Listening.open(serverOnly(), scenario, "0");
        load.connect(scenario, listening.place());
        load.openWindow();
        LoadTally.Window window = load.measure(WINDOW_NS);
        load.finish();
        assertTrue(window.receivedBytes() > 0, window::toString);
        assertEquals(scenario.mode().timed(), window.messages() > 0);
        assertEquals("", listening.mark().text("fault"));
        load.close();
        listening.close();
    }

    @Test
    void aServerWithoutTlsIsAFailureOfTheHandshake() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> {
                try (var socket = listener.accept()) {
                    socket.getOutputStream().write(new byte[64]);
                    socket.getInputStream().read();
                } catch (java.io.IOException e) {
                    // The end of the test.
                }
            });
            load.connect(Scenario.handshake(Modes.HANDSHAKE, 1, 64), Integer.toString(listener.getLocalPort()));
            LoadGenerator.Failed failed = assertThrows(LoadGenerator.Failed.class, () -> load.warmUp(TimeUnit.SECONDS.toNanos(10)));
            assertTrue(failed.getMessage().startsWith("connection 0: handshake failed: "), failed::getMessage);
        }
    }

    /** A new TlsEnd has no sessions: what must resume, and has nothing to, is told from what does. */
    @Test
    void aHandshakeOfTheOtherKindIsAFault() throws Exception {
        Scenario full = handshakes(Modes.HANDSHAKE);
        Mode claims = new ClaimsToResume();
        Listening listening = Listening.open(serverOnly(), full, "0");
        load.connect(new Scenario(claims, Link.TLS, 1, 64, 1, Direction.BOTH, 0, false), listening.place());
        LoadGenerator.Failed failed = assertThrows(LoadGenerator.Failed.class, () -> load.warmUp(TimeUnit.SECONDS.toNanos(10)));
        assertEquals("connection 0: its handshake was a full one", failed.getMessage());
        load.close();
        listening.close();
    }
}
