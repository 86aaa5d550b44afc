package io.evpl.tls;

import io.evpl.channel.SentRecord;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.socket.TlsCryptoInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Between SslHandler and the channel. Until the kernel encrypts, it counts the records that BoringSSL has encrypted with the
 * application's key: the kernel must go on with the next number. Afterwards SslHandler still sends alerts, encrypted by
 * BoringSSL; these are decrypted here, and leave through the kernel like everything else. On the channel's loop.
 */
final class KtlsTransmit extends ChannelOutboundHandlerAdapter {
    /** Records of handshakes that may be kept until the cipher is known: a chain of certificates fits several times. */
    private static final int MAX_KEPT_BYTES = 256 << 10;
    private static final byte ALERT = 21;
    private static final byte HANDSHAKE = 22;
    private static final byte APPLICATION_DATA = 23;
    /** The first byte of such a handshake message: RFC 8446, section 4. */
    private static final byte NEW_SESSION_TICKET = 4;

    private enum State {
        /** BoringSSL encrypts, and its records pass. */
        COUNTING,
        /** The kernel encrypts. */
        KERNEL,
        /** It never will. */
        GIVEN_UP
    }

    private final TrafficSecrets secrets;
    private final RecordSplitter splitter = new RecordSplitter();
    private final List<byte[]> kept = new ArrayList<>();
    private State state = State.COUNTING;
    private ChannelHandlerContext context;
    private long ssl;
    private RecordKeys keys;
    private int keptBytes;
    private long sequence;

    KtlsTransmit(TrafficSecrets secrets) {
        this.secrets = secrets;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        giveUp();
    }

    /** Where plain text goes once the kernel encrypts it. */
    ChannelHandlerContext context() {
        return context;
    }

    /** SslHandler is there. */
    void use(ReferenceCountedOpenSslEngine engine) {
        ssl = engine.sslPointer();
    }

    // ---- before

    /**
     * The handshake is complete, and nothing of the application's was written yet.
     *
     * @param decided gets null when the kernel encrypts, else why it never will
     */
    void handOver(String version, String suite, Consumer<Throwable> decided) {
        Throwable cause;
        try {
            cause = obstacle(version, suite);
            if (cause == null) {
                for (byte[] record : kept) {
                    count(record);
                }
                kept.clear();
            }
        } catch (GeneralSecurityException e) {
            cause = e;
        }
        if (cause == null) {
            // Not now: SslHandler may have more to write while it tells of the handshake.
            context.executor().execute(() -> drain(decided));
        } else {
            giveUp();
            decided.accept(cause);
        }
    }

    private Throwable obstacle(String version, String suite) throws GeneralSecurityException {
        if (!(context.channel() instanceof SocketChannel && context.channel() instanceof UnixChannel)) {
            return new UnsupportedOperationException("the kernel encrypts on TCP alone, and this is " + context.channel());
        }
        if (!version.equals("TLSv1.3")) {
            return new UnsupportedOperationException("only TLS 1.3 is handed to the kernel, and this is " + version);
        }
        byte[] secret = secrets.take(ssl);
        if (secret == null || state == State.GIVEN_UP) {
            return new UnsupportedOperationException("BoringSSL did not tell the connection's secret");
        }
        keys = RecordKeys.of(suite, secret);
        return keys != null ? null : new UnsupportedOperationException("the kernel has no " + suite);
    }

    private void count(byte[] record) throws GeneralSecurityException {
        if (keys.decrypt(record, sequence) != null) {
            sequence++;
        }
    }

    /** Waits until the kernel has all records that were encrypted by BoringSSL. */
    private void drain(Consumer<Throwable> decided) {
        long before = sequence;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFuture written) -> {
            if (!written.isSuccess()) {
                giveUp();
                decided.accept(written.cause());
            } else if (sequence != before) {
                drain(decided);
            } else {
                Throwable cause = program();
                if (cause == null) {
                    state = State.KERNEL;
                } else {
                    giveUp();
                }
                decided.accept(cause);
            }
        });
    }

    /** Gives the kernel the keys. @return null if it took them */
    private Throwable program() {
        int fd = ((UnixChannel) context.channel()).fd().intValue();
        if (fd < 0) {
            return new SSLException("the channel is closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            long info = NativeAddress.allocate(arena, TlsCryptoInfo.MAX_BYTES);
            byte[] name = "tls".getBytes(StandardCharsets.US_ASCII);
            NativeAddress.copyIn(name, 0, info, name.length);
            int result = SocketOptions.setBytes(fd, SocketOptions.IPPROTO_TCP, SocketOptions.TCP_ULP, info, name.length);
            if (result == -Errno.ENOENT) {
                return new UnsupportedOperationException("the kernel's module tls is not loaded: sudo modprobe tls",
                        Errno.toException("TCP_ULP", result));
            }
            if (result >= 0) {
                int bytes = keys.writeTo(info, sequence);
                result = SocketOptions.setBytes(fd, SocketOptions.SOL_TLS, TlsCryptoInfo.TLS_TX, info, bytes);
                NativeAddress.fill(info, TlsCryptoInfo.MAX_BYTES, (byte) 0);
            }
            return result >= 0 ? null : Errno.toException("kernel TLS", result);
        }
    }

    private void giveUp() {
        if (state == State.COUNTING) {
            state = State.GIVEN_UP;
        }
        kept.clear();
        if (ssl != 0) {
            secrets.take(ssl);
        }
        if (keys != null && state == State.GIVEN_UP) {
            keys.forget();
        }
    }

    // ---- what SslHandler writes

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        ByteBuf records = (ByteBuf) message;
        switch (state) {
            case COUNTING -> {
                look(records);
                ctx.write(records, promise);
            }
            case KERNEL -> throughKernel(ctx, records, promise);
            case GIVEN_UP -> ctx.write(records, promise);
        }
    }

    private void look(ByteBuf bytes) throws GeneralSecurityException {
        for (byte[] record : splitter.next(bytes)) {
            if (keys != null) {
                count(record);
            } else if (ssl != 0 && secrets.has(ssl)) {
                kept.add(record);
                keptBytes += record.length;
            }
        }
        if (keptBytes > MAX_KEPT_BYTES) {
            giveUp();
        }
    }

    private void throughKernel(ChannelHandlerContext ctx, ByteBuf records, ChannelPromise promise) throws Exception {
        List<byte[]> all = splitter.next(records);
        records.release();
        if (all.isEmpty()) {
            ctx.write(Unpooled.EMPTY_BUFFER, promise);
            return;
        }
        for (int i = 0; i < all.size(); i++) {
            RecordKeys.Content content = keys.decrypt(all.get(i), sequence++);
            ChannelPromise each = i == all.size() - 1 ? promise : ctx.newPromise();
            if (content != null && content.type() == APPLICATION_DATA && content.bytes().length == 0) {
                ctx.write(Unpooled.EMPTY_BUFFER, each); // an empty record, of a flush with nothing to send
            } else if (content != null && content.type() == HANDSHAKE && content.bytes()[0] == NEW_SESSION_TICKET) {
                // BoringSSL keeps a server's tickets until it first encrypts data, which here is never: only the close comes.
                ctx.write(Unpooled.EMPTY_BUFFER, each);
            } else if (content != null && content.type() == ALERT) {
                ctx.write(new SentRecord(ALERT, content.bytes()), each);
            } else {
                SSLException cause = new SSLException("the peer asked for new keys, which a kernel that encrypts cannot change");
                each.tryFailure(cause);
                ctx.fireExceptionCaught(cause);
                ctx.close();
            }
        }
    }
}
