package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.channel.EventLoopGroup;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server's loop allocates once it is warm. */
class SteadyStateTest {
    private static final int DEPTH = 32;
    private static final int WARM_UP_ROUNDS = 3000;
    private static final int ROUNDS = 1000;
    private static final long MAX_BYTES_PER_NULL_CALL = 200;
    /** An open call, the credential's verdict, and what the codec makes. */
    private static final long MAX_BYTES_PER_ECHO = 400;

    private ResourceLeakDetector.Level level;

    /** A tracked buffer costs more than all calls together. */
    @BeforeEach
    void stopTracking() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void track() {
        ResourceLeakDetector.setLevel(level);
    }

    @ParameterizedTest
    @EnumSource(TestTransport.class)
    void aNullCallAllocatesNextToNothing(TestTransport transport) throws Exception {
        check(transport, Wire.call(1).bytes(), Wire.success(1, Wire.EMPTY), MAX_BYTES_PER_NULL_CALL);
    }

    @ParameterizedTest
    @EnumSource(TestTransport.class)
    void anEchoAllocatesItsCallAndItsValue(TestTransport transport) throws Exception {
        byte[] arguments = new Wire().opaque(Wire.pattern(64)).bytes();
        check(transport, Wire.call(1).procedure(5).arguments(arguments).bytes(), Wire.success(1, arguments), MAX_BYTES_PER_ECHO);
    }

    private static void check(TestTransport transport, byte[] call, byte[] reply, long maxBytes) throws Exception {
        EventLoopGroup group = transport.newGroup(1);
        RpcServer server = RpcServer.builder().group(group).channel(transport.serverType()).program(Echo.program()).build();
        InetSocketAddress address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).sync().channel().localAddress();
        long loop = group.submit(() -> Thread.currentThread().threadId()).get();
        byte[][] calls = new byte[DEPTH][];
        java.util.Arrays.fill(calls, Wire.record(call));
        byte[] batch = Wire.concat(calls);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RawPeer peer = RawPeer.connect(address)) {
            rounds(peer, batch, reply, WARM_UP_ROUNDS);
            long before = threads.getThreadAllocatedBytes(loop);
            rounds(peer, batch, reply, ROUNDS);
            long bytes = (threads.getThreadAllocatedBytes(loop) - before) / (ROUNDS * DEPTH);
            assertTrue(bytes <= maxBytes, () -> bytes + " bytes per call");
        } finally {
            server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static void rounds(RawPeer peer, byte[] batch, byte[] reply, int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) {
            peer.send(Delivery.ONE_WRITE, batch);
            for (int i = 0; i < DEPTH; i++) {
                peer.expect(reply);
            }
        }
    }
}
