package io.evpl;

import io.evpl.linux.OpenFds;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Listening with loops that come and go. The clients are plain sockets. */
@Timeout(60)
class EvplListenerTest {
    private final EvplEventLoopGroup acceptors = new EvplEventLoopGroup(1);
    private final EvplEventLoopGroup group = new EvplEventLoopGroup(3);
    private final List<EvplEventLoop> loops = new ArrayList<>();
    private final BlockingQueue<Channel> served = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final List<Socket> clients = new ArrayList<>();

    EvplListenerTest() {
        for (EventExecutor loop : group) {
            loops.add((EvplEventLoop) loop);
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        assertTrue(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
        assertTrue(acceptors.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
    }

    /** Notes and echoes. */
    @ChannelHandler.Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            served.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap().channel(EvplServerSocketChannel.class).childHandler(new Echo())
                .childOption(ChannelOption.SO_KEEPALIVE, true);
    }

    private EvplListener listener(Steering steering) {
        return new EvplListener(acceptors.next(), bootstrap(), steering);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    private static Throwable failure(Future<?> future) {
        return assertThrows(ExecutionException.class, () -> done(future)).getCause();
    }

    private static InetSocketAddress address(Channel server) {
        return (InetSocketAddress) server.localAddress();
    }

    private Socket connect(InetSocketAddress address) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.connect(address, 10_000);
        client.setSoTimeout(10_000);
        return client;
    }

    private static void assertEchoes(Socket client) throws IOException {
        client.getOutputStream().write(42);
        assertEquals(42, client.getInputStream().read());
    }

    private static boolean isEnded(Socket client) {
        try {
            return client.getInputStream().read() == -1;
        } catch (IOException reset) {
            return true;
        }
    }

    private Channel nextServed() throws InterruptedException {
        Channel channel = served.poll(10, TimeUnit.SECONDS);
        assertNotNull(channel, "no connection is served");
        return channel;
    }

    // ---- no loop

    @Test
    @DisplayName("L12 with no loop attached nothing is accepted; the first loop gets what waited")
    void connectionsWaitUntilALoopIsAttached_L12() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(connect(address));
        }
        done(acceptors.next().submit(() -> null));
        assertEquals(0, listener.accepted());
        done(listener.attach(loops.get(0)));
        for (Socket client : waiting) {
            assertEchoes(client);
        }
        assertEquals(20, listener.accepted());
        assertEquals(20, listener.loops().getFirst().live());
        done(listener.close());
    }

    @Test
    @DisplayName("L12 a listener closed with no loop ever attached ends what waited, and leaves no descriptor")
    void closingWithNoLoopLeavesNothing_L12() throws Exception {
        long before = OpenFds.count();
        EvplListener listener = listener(Steering.roundRobin());
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        Socket client = connect(address);
        done(listener.close());
        assertTrue(isEnded(client));
        client.close();
        assertEquals(before, OpenFds.count(), () -> OpenFds.list().toString());
        assertThrows(ConnectException.class, () -> connect(address));
    }

    /** Leaves at its first connection, so that the others of the same turn find no loop. */
    private EvplListener leavingAtTheFirst(AtomicBoolean armed) {
        EvplListener[] self = new EvplListener[1];
        self[0] = listener((child, attached) -> {
            if (armed.getAndSet(false)) {
                self[0].detach(group);
            }
            return attached.getFirst();
        });
        return self[0];
    }

    private List<Socket> connectWhileTheAcceptorIsBusy(InetSocketAddress address, int count) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        Future<?> busy = acceptors.next().submit(() -> connected.await(10, TimeUnit.SECONDS));
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(connect(address));
        }
        connected.countDown();
        done(busy);
        return sockets;
    }

    @Test
    @DisplayName("L12 what the kernel had accepted when the last loop left goes to the next one")
    void acceptedConnectionsWaitForTheNextLoop_L12() throws Exception {
        EvplListener listener = leavingAtTheFirst(new AtomicBoolean(true));
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        done(listener.attach(loops.get(0)));
        List<Socket> sockets = connectWhileTheAcceptorIsBusy(address, 50);
        assertEchoesOfOne(nextServed());
        assertEquals(1, listener.live());
        assertNull(served.poll(), "served without a loop");
        done(listener.attach(loops.get(1)));
        for (Socket client : sockets) {
            assertEchoes(client);
        }
        assertEquals(50, listener.accepted());
        assertEquals(0, listener.waiting());
        assertEquals(49, listener.loops().getFirst().live());
        done(listener.close());
    }

    private void assertEchoesOfOne(Channel channel) {
        assertEquals(loops.get(0), channel.eventLoop());
    }

    @Test
    @DisplayName("L12 what the kernel had accepted when the last loop left is closed with the listener")
    void acceptedConnectionsAreClosedWithTheListener_L12() throws Exception {
        long before = OpenFds.count();
        EvplListener listener = leavingAtTheFirst(new AtomicBoolean(true));
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        done(listener.attach(loops.get(0)));
        List<Socket> sockets = connectWhileTheAcceptorIsBusy(address, 50);
        Channel first = nextServed();
        int waiting = listener.waiting();
        done(listener.close());
        assertEquals(waiting, listener.refused());
        done(first.close());
        for (Socket client : sockets) {
            assertTrue(isEnded(client));
            client.close();
        }
        assertEquals(before, OpenFds.count(), () -> OpenFds.list().toString());
    }

    // ---- steering

    private List<Socket> connectAndServe(InetSocketAddress address, int count) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket client = connect(address);
            sockets.add(client);
            assertEchoes(client);
        }
        return sockets;
    }

    private static List<Integer> live(EvplListener listener) {
        return listener.loops().stream().map(AttachedLoop::live).toList();
    }

    @Test
    void roundRobinGivesEachLoopAsMany() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        done(listener.attach(group));
        connectAndServe(address(done(listener.bind(anyPort()))), 9);
        assertEquals(List.of(3, 3, 3), live(listener));
        assertEquals(List.of(3L, 3L, 3L), listener.loops().stream().map(AttachedLoop::accepted).toList());
        assertEquals(loops, listener.loops().stream().map(AttachedLoop::loop).toList());
        assertEquals(loops.get(0), nextServed().eventLoop());
        assertEquals(loops.get(1), nextServed().eventLoop());
        done(listener.close());
    }

    @Test
    void leastConnectionsFillsTheGaps() throws Exception {
        EvplListener listener = listener(Steering.leastConnections());
        done(listener.attach(group));
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        connectAndServe(address, 6);
        assertEquals(List.of(2, 2, 2), live(listener));
        for (int i = 0; i < 6; i++) {
            Channel channel = nextServed();
            if (channel.eventLoop() == loops.get(1)) {
                done(channel.close());
            }
        }
        assertEquals(List.of(2, 0, 2), live(listener));
        connectAndServe(address, 2);
        assertEquals(List.of(2, 2, 2), live(listener));
        done(listener.close());
    }

    @Test
    void incomingCpuServesWhetherLoopsArePinnedOrNot() throws Exception {
        EvplListener listener = listener(Steering.incomingCpu());
        done(listener.attach(group));
        connectAndServe(address(done(listener.bind(anyPort()))), 6);
        assertEquals(List.of(2, 2, 2), live(listener), "loops that are not pinned are equally near");
        int cpu = IncomingCpuSteering.incomingCpu(nextServed());
        assertTrue(cpu >= 0 && cpu < Runtime.getRuntime().availableProcessors(), "SO_INCOMING_CPU is " + cpu);
        done(listener.close());
    }

    @Test
    void aSteeringMayRefuseAndMayFail() throws Exception {
        AtomicBoolean good = new AtomicBoolean();
        BlockingQueue<String> ways = new LinkedBlockingQueue<>(List.of("refuse", "throw", "foreign", "serve"));
        AttachedLoop foreign = new AttachedLoop(loops.get(0), () -> { });
        EvplListener listener = listener((child, attached) -> switch (ways.remove()) {
            case "refuse" -> null;
            case "throw" -> throw new IllegalStateException("this steering fails");
            case "foreign" -> foreign;
            default -> {
                good.set(true);
                yield attached.getFirst();
            }
        });
        done(listener.attach(loops.get(0)));
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        for (int i = 1; i <= 3; i++) {
            assertTrue(isEnded(connect(address)));
            assertEquals(i, listener.refused());
        }
        assertEchoes(connect(address));
        assertTrue(good.get());
        assertEquals(1, listener.live());
        assertEquals(4, listener.accepted());
        done(listener.close());
    }

    // ---- loops that come and go

    @Test
    void detachingLeavesConnectionsWhereTheyAre() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        done(listener.attach(group));
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        List<Socket> before = connectAndServe(address, 3);
        done(listener.detach(loops.get(0)));
        done(listener.detach(loops.get(0)));
        List<Socket> after = connectAndServe(address, 4);
        assertEquals(List.of(3, 3), live(listener));
        assertEquals(7, listener.live());
        for (Socket client : before) {
            assertEchoes(client);
        }
        done(listener.attach(loops.get(0)));
        assertEquals(List.of(3, 3, 1), live(listener), "what it serves still counts");
        assertEchoes(after.getFirst());
        done(listener.close());
    }

    @Test
    void aLoopThatShutsDownIsDetached() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        EvplEventLoopGroup shortLived = new EvplEventLoopGroup(1);
        done(listener.attach(shortLived));
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        Socket first = connectAndServe(address, 1).getFirst();
        assertTrue(shortLived.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
        assertTrue(isEnded(first));
        Socket waiting = connect(address);
        done(listener.attach(loops.get(2)));
        assertEchoes(waiting);
        assertEquals(List.of(loops.get(2)), listener.loops().stream().map(AttachedLoop::loop).toList());
        assertInstanceOf(IllegalStateException.class, failure(listener.attach(shortLived)));
        done(listener.close());
    }

    @Test
    void loopsComeAndGoUnderConnectionsFromAnyThread() throws Exception {
        EvplListener listener = listener(Steering.leastConnections());
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> changing = new ArrayList<>();
        for (EvplEventLoop loop : loops) {
            changing.add(Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    listener.attach(loop).awaitUninterruptibly();
                    listener.detach(loop).awaitUninterruptibly();
                }
            }));
        }
        for (int i = 0; i < 300; i++) {
            try (Socket client = connect(address)) {
                assertEchoes(client);
            }
            clients.clear();
        }
        over.set(true);
        for (Thread thread : changing) {
            thread.join(10_000);
        }
        assertEquals(List.of(), listener.loops());
        assertEquals(300, listener.accepted());
        assertEquals(0, listener.refused());
        done(listener.close());
    }

    // ---- addresses

    @Test
    void oneListenerListensOnSeveralAddresses() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        Channel first = done(listener.bind(anyPort()));
        done(listener.attach(loops.get(0)));
        Channel second = done(listener.bind(new InetSocketAddress("::1", 0)));
        connectAndServe(address(first), 1);
        connectAndServe(address(second), 1);
        assertEquals(2, listener.live());
        done(first.close());
        assertThrows(ConnectException.class, () -> connect(address(first)));
        connectAndServe(address(second), 1);
        done(listener.close());
        assertThrows(ConnectException.class, () -> connect(address(second)));
    }

    @Test
    void aBindThatFailsLeavesNothing() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        InetSocketAddress taken = address(done(listener.bind(anyPort())));
        long before = OpenFds.count();
        assertInstanceOf(BindException.class, failure(listener.bind(taken)));
        assertEquals(before, OpenFds.count(), () -> OpenFds.list().toString());
        done(listener.close());
        assertInstanceOf(IllegalStateException.class, failure(listener.bind(anyPort())));
        assertInstanceOf(IllegalStateException.class, failure(listener.attach(group)));
    }

    @Test
    void protocolsAndEndpointsAreBoundToo() throws Exception {
        ServerBootstrap withoutChannel = new ServerBootstrap().childHandler(new Echo());
        EvplListener listener = new EvplListener(acceptors.next(), withoutChannel, Steering.roundRobin());
        done(listener.attach(group));
        EvplProtocol tcp = EvplProtocol.best(EvplEndpoint.Kind.INET, EvplProtocol.Need.STREAM);
        connectAndServe(address(done(listener.bind(tcp, EvplEndpoint.parse("127.0.0.1:0")))), 3);
        assertThrows(IllegalArgumentException.class, () -> listener.bind(tcp, EvplEndpoint.parse("localhost:0")));
        assertThrows(IllegalArgumentException.class, () -> listener.bind(tcp, EvplEndpoint.parse("/x")));
        assertThrows(UnsupportedOperationException.class,
                () -> listener.bind(EvplProtocol.of("STREAM_XLIO_TCP"), EvplEndpoint.parse("127.0.0.1:0")));
        done(listener.close());
    }

    @Test
    void oneListenerServesProtocolsOfEveryKind() throws Exception {
        EvplListener listener = new EvplListener(acceptors.next(), new ServerBootstrap().childHandler(new Echo()),
                Steering.incomingCpu());
        Map<String, String> endpoints = Map.of("STREAM_SOCKET_UNIX", "@evpl-listener-" + ProcessHandle.current().pid(),
                "STREAM_INPROC", "inproc://listener-bytes", "DATAGRAM_INPROC", "inproc://listener-messages");
        List<Channel> waiting = new ArrayList<>();
        for (Map.Entry<String, String> entry : endpoints.entrySet()) {
            EvplProtocol protocol = EvplProtocol.of(entry.getKey());
            EvplEndpoint endpoint = EvplEndpoint.parse(entry.getValue());
            done(listener.bind(protocol, endpoint));
            waiting.add(done(new EvplConnector(new Bootstrap().group(group).channelFactory(protocol.client())
                    .handler(new Answers())).connect(endpoint)));
        }
        assertEquals(0, listener.accepted());
        done(listener.attach(group));
        for (Channel client : waiting) {
            client.writeAndFlush(Unpooled.copiedBuffer("echo", StandardCharsets.US_ASCII)).sync();
            assertEquals("echo", answers.poll(10, TimeUnit.SECONDS));
        }
        assertEquals(3, listener.live());
        Future<Integer> drained = listener.drain(1, TimeUnit.HOURS);
        for (Channel client : waiting) {
            done(client.close());
        }
        assertEquals(0, done(drained));
    }

    @ChannelHandler.Sharable
    private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
            answers.add(message.toString(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void whatCannotWorkIsRefusedAtOnce() {
        EventLoop loop = acceptors.next();
        Steering steering = Steering.roundRobin();
        ServerBootstrap grouped = bootstrap().group(group);
        assertThrows(IllegalArgumentException.class, () -> new EvplListener(loop, grouped, steering));
        ServerBootstrap mute = new ServerBootstrap().channel(EvplServerSocketChannel.class);
        assertThrows(IllegalArgumentException.class, () -> new EvplListener(loop, mute, steering));
        try (var other = new io.netty.channel.nio.NioEventLoopGroup(1)) {
            EvplListener listener = new EvplListener(loop, bootstrap(), steering);
            assertThrows(IllegalArgumentException.class, () -> listener.attach(other));
            listener.close();
        }
    }

    // ---- ending

    @Test
    void closingLeavesConnectionsAlone() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        done(listener.attach(group));
        Socket client = connectAndServe(address(done(listener.bind(anyPort()))), 1).getFirst();
        done(listener.close());
        assertEchoes(client);
        assertEquals(1, listener.live());
        assertTrue(listener.closeFuture().isDone());
    }

    @Test
    void drainingServesTheBacklogRefusesTheNextAndWaitsForTheLast() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        done(listener.attach(loops.get(0)));
        Socket early = connectAndServe(address, 1).getFirst();
        CountDownLatch connected = new CountDownLatch(1);
        acceptors.next().execute(() -> awaitQuietly(connected));
        List<Socket> backlog = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            backlog.add(connect(address));
        }
        Future<Integer> drained = listener.drain(1, TimeUnit.HOURS);
        connected.countDown();
        done(listener.closeFuture());
        assertThrows(ConnectException.class, () -> connect(address));
        for (Socket client : backlog) {
            assertEchoes(client);
            client.close();
        }
        assertEchoes(early);
        assertFalse(drained.isDone());
        early.close();
        assertEquals(0, done(drained));
        assertEquals(0, listener.live());
        assertEquals(41, listener.accepted());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void drainingCutsWhatIsLeftAtTheDeadline() throws Exception {
        long before = OpenFds.count();
        EvplListener listener = listener(Steering.roundRobin());
        done(listener.attach(group));
        List<Socket> stubborn = connectAndServe(address(done(listener.bind(anyPort()))), 5);
        assertEquals(5, done(listener.drain(1, TimeUnit.MILLISECONDS)));
        for (Socket client : stubborn) {
            assertTrue(isEnded(client));
            client.close();
        }
        assertEquals(0, listener.live());
        assertEquals(before, OpenFds.count(), () -> OpenFds.list().toString());
    }

    @Test
    void drainingWithNoLoopEndsAtOnce() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        Socket waiting = connect(address);
        assertEquals(0, done(listener.drain(1, TimeUnit.HOURS)));
        assertTrue(isEnded(waiting));
        assertEquals(0, done(listener.drain(1, TimeUnit.HOURS)));
    }

    @Test
    @DisplayName("C6 a listener that nobody connected to ends silently")
    void closingAnUnusedListenerIsSilent_C6() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        done(listener.attach(group));
        done(listener.bind(anyPort()));
        done(listener.close());
        assertNull(served.poll());
        assertEquals(0, listener.accepted());
    }

    @Test
    @DisplayName("C7 the end of the accepting loop ends the listener, and nobody waits in vain")
    void theEndOfTheAcceptingLoopEndsTheListener_C7() throws Exception {
        EvplListener listener = listener(Steering.roundRobin());
        done(listener.attach(loops.get(0)));
        InetSocketAddress address = address(done(listener.bind(anyPort())));
        Socket client = connectAndServe(address, 1).getFirst();
        Future<Integer> drained = listener.drain(1, TimeUnit.HOURS);
        assertTrue(acceptors.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
        done(listener.closeFuture());
        assertInstanceOf(IllegalStateException.class, failure(drained));
        assertInstanceOf(IllegalStateException.class, failure(listener.bind(anyPort())));
        assertInstanceOf(IllegalStateException.class, failure(listener.drain(1, TimeUnit.HOURS)));
        assertThrows(ConnectException.class, () -> connect(address));
        assertEchoes(client);
    }
}
