package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** A connection on a channel without a transport, on the test's own thread and clock; and its peer. */
final class EmbeddedPeer {
    final RpcConnection connection;
    final EmbeddedChannel channel;
    int writes;
    int flushes;
    private ByteBuf sent = Unpooled.buffer();

    EmbeddedPeer(RpcConfig config) {
        connection = new RpcConnection(config);
        channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                if (((ByteBuf) message).isReadable()) {
                    writes++;
                }
                ctx.write(message, promise);
            }

            @Override
            public void flush(ChannelHandlerContext ctx) {
                flushes++;
                ctx.flush();
            }
        }, new RecordDecoder(config.limits()), connection);
        channel.freezeTime();
    }

    /** Messages, all in one buffer. */
    void receive(byte[]... messages) {
        Wire stream = new Wire();
        for (byte[] message : messages) {
            stream.raw(Wire.record(message));
        }
        byte[] bytes = stream.bytes();
        channel.writeInbound(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
    }

    void run() {
        channel.runPendingTasks();
    }

    void advance(long ns) {
        channel.advanceTimeBy(ns, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    /** The next message that was sent, or null. */
    byte[] next() {
        run();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            sent.writeBytes(out);
            out.release();
        }
        if (sent.readableBytes() < 4) {
            return null;
        }
        int mark = sent.readInt();
        assertTrue(mark < 0, "one fragment");
        byte[] message = ByteBufUtil.getBytes(sent.readSlice(mark & 0x7fff_ffff));
        sent.discardReadBytes();
        return message;
    }

    /** The id of the next message that was sent. */
    int nextXid() {
        return ByteBuffer.wrap(next()).getInt();
    }

    void expect(byte[]... messages) {
        for (byte[] message : messages) {
            assertArrayEquals(message, next());
        }
    }

    void expectNothing() {
        assertArrayEquals(null, next());
    }

    boolean isReading() {
        return channel.config().isAutoRead();
    }

    /** As if the transport's buffers were full, or no longer. */
    void writable(boolean writable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
        run();
    }

    void close() {
        channel.finishAndReleaseAll();
    }
}
