package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramLoadTest {
    private static final int CONNECTIONS = 200;

    private final LoadTally tally = new LoadTally();

    @Test
    void theMixedProgramHasItsFixedShareOfEachKind() {
        long bytes = echoAll(Modes.MIXED);
        long streams = 2L * Program.STREAM_MESSAGES * Program.STREAM_BYTES;
        assertEquals(streams + 20L * Program.TALK_MESSAGES * 256 + 178L * 256, bytes);
    }

    @Test
    void theIdleProgramIsOneMessageEach() {
        assertEquals(CONNECTIONS * 256L, echoAll(Modes.IDLE));
    }

    /** @return what was echoed, until nothing is owed */
    private long echoAll(Mode mode) {
        Load load = mode.load(Scenario.program(mode, CONNECTIONS, 256), tally, handler -> {
            throw new AssertionError("nobody dials");
        });
        List<EmbeddedChannel> channels = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            channels.add(new EmbeddedChannel(load.connect(i)));
        }
        load.start(channels.getFirst().eventLoop());
        load.stop();    // a fixed program goes on
        for (boolean moved = true; moved; ) {
            moved = false;
            for (EmbeddedChannel channel : channels) {
                for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
                    channel.writeInbound(sent);
                    moved = true;
                }
            }
        }
        assertNull(tally.fault());
        assertEquals(0, load.owedConnections());
        return tally.receivedBytes();
    }
}
