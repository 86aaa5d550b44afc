package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.linux.Errno;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.uring.RingFeatures;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.ScriptedKernel;
import io.evpl.linux.uring.TcpPair;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

import org.junit.jupiter.api.AfterEach;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A connection on a scripted loop: its descriptor is a real one, its traffic is the test's. */
abstract class ScriptedChannelFixture {
    ScriptedLoop loop;
    ScriptedKernel kernel;
    EvplSocketChannel channel;
    ChannelLog log;
    private final List<TcpPair> pairs = new ArrayList<>();
    private final List<ByteBuf> owed = new ArrayList<>();

    void useLoop(RingFeatures features) {
        loop = new ScriptedLoop(features);
        kernel = loop.kernel();
    }

    /** An accepted connection, registered and active. */
    void useConnection(boolean autoRead) {
        if (loop == null) {
            useLoop(ScriptedFeatures.all());
        }
        channel = connection();
        log = new ChannelLog();
        channel.config().setAutoRead(autoRead);
        channel.pipeline().addLast(log);
        loop.register(channel);
        log.take();
    }

    EvplSocketChannel connection() {
        TcpPair pair = TcpPair.open();
        pairs.add(pair);
        return new EvplSocketChannel(null, pair.giveNear(), AddressFamily.INET);
    }

    /** A buffer that must have been released when the test ends. */
    ByteBuf buffer(String text) {
        ByteBuf buf = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, text.length()));
        buf.writeCharSequence(text, StandardCharsets.US_ASCII);
        owed.add(buf);
        return buf;
    }

    ByteBuf buffer(int bytes) {
        return buffer("z".repeat(bytes));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    static boolean isOpen(int fd) {
        return SocketOptions.getInt(fd, SocketOptions.SOL_SOCKET, SocketOptions.SO_TYPE) != -Errno.EBADF;
    }

    @AfterEach
    void everythingIsGivenBack() {
        if (loop != null) {
            loop.close();
        }
        pairs.forEach(TcpPair::close);
        for (ByteBuf buf : owed) {
            assertEquals(0, buf.refCnt(), () -> "references to " + buf);
        }
    }
}
