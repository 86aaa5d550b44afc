package io.evpl.examples;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

class EchoStatusTest {
    private final EchoHandler handler = new EchoHandler();

    @Test
    void rateIsThatOfTheTimeSinceTheCallBefore() {
        EmbeddedChannel channel = new EmbeddedChannel(handler);
        EchoStatus status = new EchoStatus(handler, 0);
        channel.writeInbound("a", "b", "c", "d");
        assertEquals("1 connections, 2 messages/s", status.next(TimeUnit.SECONDS.toNanos(2)));
        assertEquals("1 connections, 0 messages/s", status.next(TimeUnit.SECONDS.toNanos(3)));
        channel.close().syncUninterruptibly();
        assertEquals("0 connections, 0 messages/s", status.next(TimeUnit.SECONDS.toNanos(4)));
        assertEquals("stopped; served 1 connections and 4 messages", status.total());
    }

    @Test
    void handlerStopsReadingWhileItsAnswersPileUp() {
        EmbeddedChannel channel = new EmbeddedChannel(handler);
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        assertEquals(false, channel.config().isAutoRead());
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        assertEquals(true, channel.config().isAutoRead());
    }

    @Test
    void addressesArePrintedAsToolsTakeThem() {
        assertEquals("127.0.0.1:7777", EchoStatus.format(new InetSocketAddress("127.0.0.1", 7777)));
        assertEquals("[0:0:0:0:0:0:0:1]:7", EchoStatus.format(new InetSocketAddress("::1", 7)));
    }
}
