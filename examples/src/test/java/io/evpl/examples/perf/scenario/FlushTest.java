package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class FlushTest {
    private int sendings;
    private final Flush flush = new Flush(() -> sendings++);

    @Test
    void outsideAFlushMoreIsSentAtOnce() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        flush.now(channel.pipeline().firstContext());
        flush.sendOn(channel.pipeline().firstContext());
        assertEquals(1, sendings);
    }

    /** More than one task would leave more behind with every turn, since each brings answers of its own. */
    @Test
    void withinAFlushMoreIsSentByOneTaskAfterIt() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                flush.sendOn(ctx);
                flush.sendOn(ctx);
            }
        }, new ChannelInboundHandlerAdapter());
        flush.now(channel.pipeline().lastContext());
        assertEquals(0, sendings);
        channel.runPendingTasks();
        assertEquals(1, sendings);
        flush.now(channel.pipeline().lastContext());
        channel.runPendingTasks();
        assertEquals(2, sendings);
    }
}
