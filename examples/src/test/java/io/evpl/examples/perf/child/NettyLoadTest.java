package io.evpl.examples.perf.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The generator against servers that misbehave on purpose. */
@Timeout(30)
class NettyLoadTest {
    private static final Scenario ONE = Scenario.pingPong(1, 64, 1);
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(10);

    private TransportLoops loops;
    private NettyLoad load;
    private ServerSocket listener;

    @BeforeEach
    void open() throws Exception {
        loops = TransportLoops.open(Transport.NIO, 1, List.of());
        load = new NettyLoad(LoadLoops.alone(loops));
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws Exception {
        load.close();
        listener.close();
        loops.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }

    private String place() {
        return Integer.toString(listener.getLocalPort());
    }

    /** What a server does with the n-th byte it reads. */
    private interface ByteServer {
        int answer(int value, long index) throws IOException;
    }

    private static final int NOTHING = -1;

    private void serve(ByteServer server) {
        Thread.ofPlatform().daemon().start(() -> {
            try (Socket socket = listener.accept()) {
                long index = 0;
                for (int value = socket.getInputStream().read(); value >= 0; value = socket.getInputStream().read()) {
                    int answer = server.answer(value, index++);
                    if (answer != NOTHING) {
                        socket.getOutputStream().write(answer);
                    }
                }
            } catch (IOException e) {
                // The end of the test, or the misbehaviour under test.
            }
        });
    }

    @Test
    void anHonestEchoIsMeasured() throws Exception {
        serve((value, index) -> value);
        load.connect(ONE, place());
        load.openWindow();
        LoadTally.Window window = load.measure(TimeUnit.MILLISECONDS.toNanos(100));
        load.finish();
        assertTrue(window.messages() > 0);
        assertEquals(window.messages(), window.latencyNs().getTotalCount());
    }

    @Test
    void aServerThatStopsAnsweringIsStalledNotSlow() throws Exception {
        serve((value, index) -> index < 6400 ? value : NOTHING);
        load.connect(ONE, place());
        LoadGenerator.Stalled stalled = assertThrows(LoadGenerator.Stalled.class, () -> load.warmUp(LONG_NS));
        assertEquals("no progress for 2 s after 6400 bytes", stalled.getMessage());
    }

    @Test
    void aServerThatSwallowsTheLastAnswersOfARoundIsStalledToo() throws Exception {
        serve((value, index) -> index < 64 ? value : NOTHING);
        load.connect(ONE, place());
        load.openWindow();
        load.measure(TimeUnit.MILLISECONDS.toNanos(100));
        assertThrows(LoadGenerator.Stalled.class, load::finish);
    }

    @Test
    void aWrongByteIsAFailureThatNamesIt() throws Exception {
        serve((value, index) -> index == 1000 ? value ^ 1 : value);
        load.connect(ONE, place());
        LoadGenerator.Failed failed = assertThrows(LoadGenerator.Failed.class, () -> load.warmUp(LONG_NS));
        assertEquals("connection 0: byte 1000 came back wrong", failed.getMessage());
    }

    @Test
    void aServerThatHangsUpIsAFailure() throws Exception {
        serve((value, index) -> {
            if (index == 640) {
                throw new IOException("hang up");
            }
            return value;
        });
        load.connect(ONE, place());
        LoadGenerator.Failed failed = assertThrows(LoadGenerator.Failed.class, () -> load.warmUp(LONG_NS));
        assertTrue(failed.getMessage().startsWith("connection 0"), failed::getMessage);
    }

    @Test
    void noServerIsAFailure() throws IOException {
        String port = place();
        listener.close();
        LoadGenerator.Failed failed = assertThrows(LoadGenerator.Failed.class, () -> load.connect(ONE, port));
        assertTrue(failed.getMessage().startsWith("connect failed"), failed::getMessage);
    }
}
