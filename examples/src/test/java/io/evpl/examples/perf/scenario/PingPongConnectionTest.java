package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PingPongConnectionTest {
    private static final int PAYLOAD_BYTES = 100;
    private static final int DEPTH = 3;

    private final LoadTally tally = new LoadTally();
    private final PingPongConnection connection = new PingPongConnection(Scenario.pingPong(1, PAYLOAD_BYTES, DEPTH), tally, 0);
    private final EmbeddedChannel channel = new EmbeddedChannel(connection);

    @AfterEach
    void release() {
        connection.stop();
        channel.releaseOutbound();
    }

    @Test
    void depthMessagesAreOutstandingAndEachEchoIsReplaced() {
        connection.start();
        ByteBuf sent = channel.readOutbound();
        assertEquals(DEPTH * PAYLOAD_BYTES, sent.readableBytes());
        channel.writeInbound(sent.readRetainedSlice(2 * PAYLOAD_BYTES));
        ByteBuf replacement = channel.readOutbound();
        assertEquals(2 * PAYLOAD_BYTES, replacement.readableBytes());
        sent.release();
        replacement.release();
        assertNull(tally.fault());
        tally.shutWindow(1);
        assertEquals(2, tally.window().messages());
    }

    @Test
    void aMessageThatArrivesInPiecesCountsOnce() {
        connection.start();
        ByteBuf sent = channel.readOutbound();
        channel.writeInbound(sent.readRetainedSlice(PAYLOAD_BYTES - 1));
        assertNull(channel.readOutbound());
        channel.writeInbound(sent.readRetainedSlice(1));
        ByteBuf replacement = channel.readOutbound();
        assertEquals(PAYLOAD_BYTES, replacement.readableBytes());
        sent.release();
        replacement.release();
    }

    @Test
    void aFlippedByteIsAFaultThatNamesItsPlaceAndEndsTheSending() {
        connection.start();
        ByteBuf sent = channel.readOutbound();
        ByteBuf echo = sent.copy();
        sent.release();
        echo.setByte(142, echo.getByte(142) ^ 1);
        channel.writeInbound(echo);
        assertEquals("connection 0: byte 142 came back wrong", tally.fault());
        assertNull(channel.readOutbound());
    }

    @Test
    void moreThanWasSentIsAFault() {
        connection.start();
        channel.<ByteBuf>readOutbound().release();
        channel.writeInbound(PayloadPattern.slice(0, (DEPTH + 1) * PAYLOAD_BYTES));
        assertEquals("connection 0: more was echoed than sent", tally.fault());
    }

    @Test
    void aConnectionTheServerClosesIsAFault() {
        connection.start();
        channel.close();
        assertEquals("connection 0 was closed by the server", tally.fault());
    }

    @Test
    void afterStopWhatIsOwedMayStillCome() {
        connection.start();
        ByteBuf sent = channel.readOutbound();
        connection.stop();
        assertTrue(connection.owed());
        channel.writeInbound(sent);
        assertFalse(connection.owed());
        assertNull(channel.readOutbound());
        assertNull(tally.fault());
    }
}
