package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.XdrCodec;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that mean harm, on real sockets. */
class HostilePeerTest {
    private static final RpcProcedure<Void, byte[]> LARGE = new RpcProcedure<>(Echo.PROGRAM, 3, 1, "LARGE", XdrCodec.VOID,
            XdrCodec.opaque(1 << 20));
    private static final int LARGE_BYTES = 256 << 10;
    private static final int CALLS = 400;

    /** 100 MB of replies would be asked for by 20 KB of calls. */
    @ParameterizedTest
    @EnumSource(TestTransport.class)
    void aPeerThatDoesNotReadItsRepliesIsNotServedAnyMoreUntilItDoes(TestTransport transport) throws Exception {
        EventLoopGroup group = transport.newGroup(1);
        AtomicInteger served = new AtomicInteger();
        CompletableFuture<Integer> servedWhenFull = new CompletableFuture<>();
        AtomicReference<Channel> channel = new AtomicReference<>();
        byte[] results = Wire.pattern(LARGE_BYTES);
        RpcServer server = RpcServer.builder().group(group).channel(transport.serverType())
                .program(RpcProgram.builder(Echo.PROGRAM, 3).procedure(LARGE, (_, call) -> {
                    served.incrementAndGet();
                    call.reply(results);
                }).build()).pipeline(child -> {
                    channel.set(child);
                    child.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                            if (!ctx.channel().isWritable()) {
                                ctx.executor().execute(() -> servedWhenFull.complete(served.get()));
                            }
                            ctx.fireChannelWritabilityChanged();
                        }
                    });
                }).build();
        InetSocketAddress address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).sync().channel().localAddress();
        byte[] reply = Wire.success(1, new Wire().opaque(results).bytes());
        try (RawPeer peer = RawPeer.connect(address)) {
            byte[][] calls = new byte[CALLS][];
            java.util.Arrays.fill(calls, Wire.record(Wire.call(1).version(3).procedure(1).bytes()));
            peer.send(Delivery.ONE_WRITE, Wire.concat(calls));
            int full = servedWhenFull.get(20, TimeUnit.SECONDS);
            assertTrue(full < CALLS / 2, full + " of " + CALLS + " calls served, though nobody read");
            for (int i = 0; i < CALLS; i++) {
                peer.expect(reply);
            }
            assertEquals(CALLS, served.get());
        } finally {
            server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /** Whatever it is, it ends in replies or in the end of the connection, and others are served. */
    @ParameterizedTest
    @EnumSource(TestTransport.class)
    void noiseHarmsNobodyElse(TestTransport transport) throws Exception {
        EventLoopGroup group = transport.newGroup(1);
        CountDownLatch gone = new CountDownLatch(300);
        AtomicInteger faults = new AtomicInteger();
        RpcServer server = RpcServer.builder().group(group).channel(transport.serverType()).program(Echo.program())
                .listener(new RpcListener() {
                    @Override
                    public void disconnected(RpcConnection connection, CloseCause cause) {
                        if (cause.kind() == CloseCause.Kind.FAULT) {
                            faults.incrementAndGet();
                        }
                        gone.countDown();
                    }
                }).build();
        InetSocketAddress address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).sync().channel().localAddress();
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            byte[] stream = Wire.concat(Wire.record(Echo.Target.values()[round % 4].call(round).bytes(), 1 + round % 5),
                    Wire.record(Echo.Target.values()[round / 4 % 4].call(round).bytes()));
            for (int i = 0; i < 1 + round % 4; i++) {
                stream[random.nextInt(stream.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try (RawPeer peer = RawPeer.connect(address)) {
                send(peer, stream);
                peer.shutdownOutput();
                readToTheEnd(peer);
            }
        }
        try (RawPeer peer = RawPeer.connect(address)) {
            peer.sendRecord(Wire.call(1).bytes());
            peer.expect(Wire.success(1, Wire.EMPTY));
        }
        assertTrue(gone.await(20, TimeUnit.SECONDS));
        assertEquals(0, faults.get());
        server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertFalse(group.isShutdown());
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static void send(RawPeer peer, byte[] stream) throws IOException {
        try {
            peer.send(Delivery.ONE_WRITE, stream);
        } catch (java.net.SocketException e) {
            // it was closed for the first half
        }
    }

    private static void readToTheEnd(RawPeer peer) throws IOException {
        try {
            while (true) {
                peer.readRecord();
            }
        } catch (java.io.EOFException | java.net.SocketException e) {
            // the end, which is what this waits for
        }
    }
}
