package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A recording tells of connections, backends and slow turns. */
@Timeout(120)
class FlightRecordingTest {
    private static final long SLOW_MS = 30;

    @TempDir
    private Path folder;

    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private EvplEventLoopGroup group;

    private final class Child extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.add(ctx.channel());
        }
    }

    private List<RecordedEvent> record(Recording recording) throws IOException {
        Path file = folder.resolve("recording.jfr");
        recording.stop();
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("io.evpl.")).toList();
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found = events.stream().filter(event -> event.getEventType().getName().equals("io.evpl." + name)).toList();
        assertEquals(1, found.size(), () -> name + " in " + events);
        return found.get(0);
    }

    @Test
    void aRecordingTellsOfConnectionsTheirEndsAndTheBackend() throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0)) {
            port = gone.getLocalPort();
        }
        List<RecordedEvent> events;
        String thread;
        Channel server;
        Channel client;
        try (Recording recording = new Recording()) {
            recording.start();
            group = new EvplEventLoopGroup(1);
            server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class).childHandler(new Child())
                    .bind("127.0.0.1", 0).syncUninterruptibly().channel();
            client = connect((InetSocketAddress) server.localAddress());
            Channel child = accepted.take();
            assertThrows(ConnectException.class, () -> connect(new InetSocketAddress("127.0.0.1", port)));
            client.close().syncUninterruptibly();
            child.closeFuture().syncUninterruptibly();
            server.close().syncUninterruptibly();
            thread = VirtualLoop.call((EvplEventLoop) group.next(), () -> Thread.currentThread().getName());
            VirtualLoop.shutDown(group);
            events = record(recording);
        }
        RecordedEvent accept = only(events, "Accept");
        assertEquals("tcp", accept.getString("protocol"));
        assertEquals(client.localAddress().toString(), accept.getString("remoteAddress"));
        assertEquals(client.remoteAddress().toString(), accept.getString("localAddress"));
        assertEquals(thread, accept.getThread().getJavaName());

        List<RecordedEvent> connects = events.stream().filter(event -> event.getEventType().getName().equals("io.evpl.Connect")).toList();
        assertEquals(2, connects.size());
        assertEquals("", connects.get(0).getString("failure"));
        assertEquals(client.remoteAddress().toString(), connects.get(0).getString("remoteAddress"));
        assertTrue(connects.get(1).getString("failure").contains("refused"), () -> connects.get(1).toString());

        Set<String> closedBy = events.stream().filter(event -> event.getEventType().getName().equals("io.evpl.Close"))
                .map(event -> event.getString("by") + ' ' + event.getString("cause")).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of("US ", "PEER "), closedBy);

        RecordedEvent backend = only(events, "BackendChoice");
        assertEquals(group.readings().get(0).backend(), backend.getString("backend"));
        assertEquals(backend.getString("backend").equals("io_uring"), backend.getString("reason").isEmpty());
        assertEquals(-1, backend.getInt("cpu"));
    }

    /** The cause is the reader's, by name. */
    @Test
    void aConnectionThatIsResetIsToldWithItsCause() throws Exception {
        List<RecordedEvent> events;
        try (Recording recording = new Recording()) {
            recording.start();
            group = new EvplEventLoopGroup(1);
            Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class).childHandler(new Child())
                    .childOption(ChannelOption.SO_LINGER, 0).bind("127.0.0.1", 0).syncUninterruptibly().channel();
            Channel client = connect((InetSocketAddress) server.localAddress());
            accepted.take().close().syncUninterruptibly();
            client.closeFuture().syncUninterruptibly();
            server.close().syncUninterruptibly();
            VirtualLoop.shutDown(group);
            events = record(recording);
        }
        List<String> causes = events.stream().filter(event -> event.getEventType().getName().equals("io.evpl.Close")
                && event.getString("by").equals("FAILURE")).map(event -> event.getString("cause")).toList();
        assertEquals(1, causes.size(), events::toString);
        assertTrue(causes.get(0).contains("reset"), causes.get(0));
    }

    private Channel connect(InetSocketAddress address) {
        return new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(new ChannelInboundHandlerAdapter())
                .connect(address).syncUninterruptibly().channel();
    }

    /** The threshold is the recording's: 10 ms unless it says otherwise. */
    @Test
    void aTurnThatTakesLongerThanTheThresholdIsTold() throws Exception {
        group = new EvplEventLoopGroup(1);
        EvplEventLoop loop = (EvplEventLoop) group.next();
        long turn;
        List<RecordedEvent> events;
        try (Recording recording = new Recording()) {
            recording.enable("io.evpl.SlowTurn").withThreshold(Duration.ofMillis(SLOW_MS));
            recording.start();
            VirtualLoop.call(loop, () -> null);
            turn = VirtualLoop.call(loop, () -> {
                VirtualLoop.letPass(SLOW_MS + 10);
                return loop.turns();
            });
            VirtualLoop.shutDown(group);
            events = record(recording);
        }
        List<RecordedEvent> slow = events.stream().filter(event -> event.getEventType().getName().equals("io.evpl.SlowTurn")).toList();
        assertTrue(slow.stream().anyMatch(event -> event.getLong("turn") == turn && event.getInt("channels") == 0),
                () -> turn + " is not in " + slow);
        assertTrue(slow.stream().allMatch(event -> event.getDuration().toMillis() >= SLOW_MS), slow::toString);
    }
}
