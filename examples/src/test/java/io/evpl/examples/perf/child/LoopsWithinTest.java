package io.evpl.examples.perf.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Server and load in one JVM, on Netty's own loops for it. */
@Timeout(30)
class LoopsWithinTest {
    private static final int DEPTH = 3;

    private TransportLoops server;
    private TransportLoops loadsOwn;
    private LoopsWithin within;
    private int opened;

    @BeforeEach
    void open() throws Exception {
        server = TransportLoops.open(Transport.LOCAL, 1, List.of());
        loadsOwn = TransportLoops.open(Transport.LOCAL, 1, List.of());
        within = new LoopsWithin(server, () -> {
            opened++;
            return loadsOwn;
        });
    }

    @AfterEach
    void close() throws Exception {
        for (TransportLoops loops : List.of(server, loadsOwn)) {
            loops.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void theLoadsLoopIsOpenedWhenARowWantsItAndStays() throws Exception {
        Scenario sameLoop = pingPong(true);
        assertSame(server, within.load(sameLoop));
        assertEquals(server.loops, within.working(sameLoop));
        assertEquals(server.loops, within.working(Scenario.pingPong(1, 64, 1)), "a load from elsewhere");
        assertEquals(0, opened);
        assertEquals(List.of(server.loops.getFirst(), loadsOwn.loops.getFirst()), within.working(pingPong(false)));
        assertSame(loadsOwn, within.load(pingPong(false)));
        assertEquals(1, opened);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyEchoReturns(boolean sameLoop) throws Exception {
        Listening listening = Listening.open(within, pingPong(sameLoop), "echo");
        NettyLoad load = new NettyLoad(within);
        LoadTally.Window window = measure(load, pingPong(sameLoop), listening);
        assertTrue(window.messages() > DEPTH, window::toString);
        assertEquals(window.messages(), window.latencyNs().getTotalCount());
        load.close();
        listening.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamIsHeldBackByAcknowledgementsAndArrivesWhole(boolean sameLoop) throws Exception {
        Scenario stream = Scenario.stream(2, 100_000, Direction.IN).over(Link.INPROC).onSameLoop(sameLoop);
        Listening listening = Listening.open(within, stream, "stream");
        NettyLoad load = new NettyLoad(within);
        LoadTally.Window window = measure(load, stream, listening);
        assertTrue(window.sentBytes() > 0, window::toString);
        ControlLine mark = listening.mark();
        assertEquals("", mark.text("fault"));
        load.close();
        listening.close();
    }

    private static Scenario pingPong(boolean sameLoop) {
        return Scenario.pingPong(2, 64, DEPTH).over(Link.INPROC).onSameLoop(sameLoop);
    }

    private static LoadTally.Window measure(NettyLoad load, Scenario scenario, Listening listening) throws Exception {
        load.connect(scenario, listening.place());
        load.openWindow();
        LoadTally.Window window = load.measure(TimeUnit.MILLISECONDS.toNanos(100));
        load.finish();
        return window;
    }
}
