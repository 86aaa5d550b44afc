package io.evpl;

import io.evpl.linux.uring.RingFeatures;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.ScriptedKernel;
import io.evpl.linux.uring.Submission;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.InternetProtocolFamily;

import org.junit.jupiter.api.AfterEach;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static io.evpl.linux.uring.UringAbi.OP_RECVMSG;
import static io.evpl.linux.uring.UringAbi.OP_SENDMSG;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** A UDP channel on a scripted loop: its descriptor is a real one, its traffic is the test's. */
abstract class ScriptedDatagramFixture {
    static final InetSocketAddress ALICE = new InetSocketAddress("192.0.2.1", 1001);
    static final InetSocketAddress BOB = new InetSocketAddress("192.0.2.2", 1002);

    ScriptedLoop loop;
    ScriptedKernel kernel;
    EvplDatagramChannel channel;
    final List<String> log = new ArrayList<>();
    Runnable onRead = () -> { };
    private final List<ByteBuf> owed = new ArrayList<>();

    void useLoop(RingFeatures features) {
        loop = new ScriptedLoop(features);
        kernel = loop.kernel();
    }

    void useChannel(boolean autoRead) {
        if (loop == null) {
            useLoop(ScriptedFeatures.all());
        }
        channel = new EvplDatagramChannel(InternetProtocolFamily.IPv4);
        channel.config().setAutoRead(autoRead);
        channel.pipeline().addLast(new Logging());
        loop.register(channel);
        loop.run(() -> channel.bind(new InetSocketAddress("127.0.0.1", 0)));
        take();
    }

    List<String> take() {
        List<String> taken = List.copyOf(log);
        log.clear();
        return taken;
    }

    void receive(String payload, InetSocketAddress sender) {
        kernel.only(OP_RECVMSG).receiveDatagram(bytes(payload), sender);
        loop.turn();
    }

    void complete(Submission operation, int res) {
        operation.complete(res);
        loop.turn();
    }

    List<Submission> sends() {
        return kernel.inFlight(OP_SENDMSG);
    }

    DatagramPacket packet(String payload, InetSocketAddress recipient) {
        ByteBuf buf = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, payload.length()));
        buf.writeCharSequence(payload, StandardCharsets.US_ASCII);
        owed.add(buf);
        return new DatagramPacket(buf, recipient);
    }

    /** Written in one flush. */
    List<ChannelFuture> write(DatagramPacket... packets) {
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> {
            for (DatagramPacket packet : packets) {
                written.add(channel.write(packet));
            }
            channel.flush();
        });
        return written;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static String text(Submission send) {
        return new String(send.payload(), StandardCharsets.US_ASCII);
    }

    @AfterEach
    void everythingIsGivenBack() {
        if (loop != null) {
            loop.close();
        }
        for (ByteBuf buf : owed) {
            assertEquals(0, buf.refCnt(), () -> "references to " + buf);
        }
    }

    private final class Logging extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            log.add(packet.content().toString(StandardCharsets.US_ASCII) + " from " + packet.sender().getPort());
            packet.release();
            onRead.run();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            log.add("complete");
            ctx.fireChannelReadComplete();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            log.add(event.toString());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            log.add(cause.toString());
        }
    }
}
