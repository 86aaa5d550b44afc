package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** Both ends of a stream, without a network between. */
class StreamTest {
    private static final int PAYLOAD_BYTES = 1000;
    private static final int INDEX = 5;

    private final Tally tally = new Tally();

    @Test
    void theServerFindsTheKeyHoweverItIsCutUp() {
        EmbeddedChannel server = new EmbeddedChannel(new StreamServerHandler(scenario(Direction.IN), tally));
        long key = PayloadPattern.keyOf(INDEX);
        ByteBuf sent = Unpooled.buffer().writeLong(key).writeBytes(PayloadPattern.slice(key, PAYLOAD_BYTES));
        for (int bytes : new int[] {3, 4, 2, 500, 499}) {
            server.writeInbound(sent.readRetainedSlice(bytes));
        }
        assertFalse(sent.isReadable());
        assertNull(tally.fault());
        assertEquals(PAYLOAD_BYTES, tally.receivedBytes());
    }

    @Test
    void aFlippedByteIsTheServersFaultToTell() {
        EmbeddedChannel server = new EmbeddedChannel(new StreamServerHandler(scenario(Direction.IN), tally));
        ByteBuf payload = PayloadPattern.slice(0, PAYLOAD_BYTES).copy();
        payload.setByte(999, ~payload.getByte(999));
        server.writeInbound(Unpooled.buffer().writeLong(0), payload);
        assertEquals("the server received a wrong byte at 999", tally.fault());
    }

    @Test
    void whatTheServerSendsTheGeneratorVerifies() {
        LoadTally loadTally = new LoadTally();
        StreamConnection client = new StreamConnection(scenario(Direction.OUT), loadTally, INDEX);
        EmbeddedChannel clientChannel = new EmbeddedChannel(client);
        client.start();
        // An embedded channel stays writable for ever: the sender is stopped from within by the first message it completes.
        StreamSender[] sender = new StreamSender[1];
        Tally serverTally = new Tally();
        EmbeddedChannel server = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ctx.write(message, promise);
                sender[0].stop();
            }
        }, new ChannelInboundHandlerAdapter());
        long key = clientChannel.<ByteBuf>readOutbound().readLong();
        sender[0] = new StreamSender(server.pipeline().lastContext(), serverTally, key, PAYLOAD_BYTES, Long.MAX_VALUE);
        sender[0].send();
        clientChannel.writeInbound(server.<ByteBuf>readOutbound());
        assertNull(loadTally.fault());
        assertEquals(PAYLOAD_BYTES, loadTally.receivedBytes());
        assertEquals(PAYLOAD_BYTES, serverTally.sentBytes());
        client.stop();
    }

    private static Scenario scenario(Direction direction) {
        return Scenario.stream(1, PAYLOAD_BYTES, direction);
    }
}
