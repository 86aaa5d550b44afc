package io.evpl.examples.perf.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadyLineTest {
    @Test
    void whatAChildLacksReachesItsParentWithTheReason() {
        ControlLine ready = ControlLine.of("ready", "netty", "4.1", "lacks-UNIX", "x.Y is not on the class path");
        assertEquals(Map.of(Link.UNIX, "x.Y is not on the class path"), ReadyLine.lacks(ControlLine.parse(ready.toString())));
    }

    @Test
    void aLinkThatATransportIsNotMadeForIsNotLackedButRefused() throws Exception {
        TransportLoops loops = TransportLoops.open(Transport.LOCAL, 1, List.of());
        assertEquals(Map.of(), ReadyLine.lacks(ReadyLine.of(loops)));
        TransportLoops.Unavailable refused = assertThrows(TransportLoops.Unavailable.class, () -> loops.channels(Link.TCP));
        assertEquals("IllegalStateException: local does not do tcp", refused.getMessage());
        loops.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }

    @Test
    void aLineIsAddressedToARole() {
        String line = Role.LOAD.address(ControlLine.of("warm", "durationNs", 5));
        assertEquals("load warm durationNs=5", line);
        assertEquals(Role.LOAD, Role.of(line));
        assertEquals(5, Role.line(line).number("durationNs"));
        assertThrows(IllegalArgumentException.class, () -> Role.of("Warning: something printed"));
        assertThrows(IllegalArgumentException.class, () -> Role.of("nothing"));
    }
}
