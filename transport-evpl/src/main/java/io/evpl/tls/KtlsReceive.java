package io.evpl.tls;

import io.evpl.channel.ReceivedRecord;
import io.evpl.channel.RecordFraming;
import io.evpl.linux.Errno;
import io.evpl.linux.LinuxException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;

/**
 * What is received, between the channel and SslHandler. During the handshake records are received one by one, so that none is
 * in this process's memory that the kernel would have to decrypt. Afterwards what the kernel decrypted goes past SslHandler to
 * {@link TlsFront}. Alerts and tickets are BoringSSL's business: they are encrypted anew, with the number that BoringSSL expects,
 * and never leave the process in this form. On the channel's loop.
 */
final class KtlsReceive extends ChannelInboundHandlerAdapter implements RecordFraming {
    private static final byte HANDSHAKE = 22;

    private enum State {
        /** Records go to BoringSSL, one by one. */
        FRAMING,
        /** The kernel has the keys; nothing is received before it is known who encrypts. */
        HELD,
        /** The kernel decrypts. */
        KERNEL,
        /** It never will. */
        GIVEN_UP
    }

    private final Ktls ktls;
    private final RecordBoundary boundary = new RecordBoundary();
    private final RecordCounter counter = new RecordCounter();
    private final HandshakeMessages messages = new HandshakeMessages();
    private State state = State.FRAMING;
    private ChannelHandlerContext context;
    private boolean passingOn;
    /** SslHandler got something since the last read was complete. */
    private boolean fed;
    private RecordKeys keys;
    private long sequence;

    KtlsReceive(Ktls ktls) {
        this.ktls = ktls;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ktls.kernel().obstacle(ctx.channel()) == null) {
            ktls.kernel().receiveBy(ctx.channel(), this);
        } else {
            state = State.GIVEN_UP;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        giveUp();
        ktls.forgetSecrets();
    }

    @Override
    public int wantedBytes() {
        return switch (state) {
            case FRAMING -> passingOn ? NOTHING : boundary.wantedBytes();
            case HELD -> NOTHING;
            case KERNEL -> CONTENT;
            case GIVEN_UP -> throw new AssertionError("the channel receives bytes as they come");
        };
    }

    boolean isKernel() {
        return state == State.HELD || state == State.KERNEL;
    }

    // ---- the handshake

    /** Gives the kernel the keys: the handshake's last record was passed on, or is being. @return null if it took them */
    Throwable begin(RecordKeys peers) throws GeneralSecurityException {
        if (state != State.FRAMING || !boundary.isBetweenRecords()) {
            return new UnsupportedOperationException("TLS began on a connection that was being received from already");
        }
        counter.begin(peers);
        Throwable cause = ktls.kernel().program(context.channel(), KtlsKernel.Direction.RECEIVE, peers, counter.sequence());
        if (cause == null) {
            keys = peers;
            sequence = counter.sequence();
            state = State.HELD;
        }
        return cause;
    }

    /** It is known who encrypts: receiving goes on. */
    void goOn() {
        if (state == State.HELD) {
            state = State.KERNEL;
            ktls.kernel().receiveBy(context.channel(), this);
        }
    }

    void giveUp() {
        counter.forget();
        switch (state) {
            case FRAMING -> {
                state = State.GIVEN_UP;
                ktls.kernel().receiveBy(context.channel(), null);
            }
            case HELD, KERNEL -> keys.forget();
            case GIVEN_UP -> {
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        switch (state) {
            case FRAMING -> framed(ctx, (ByteBuf) message);
            case KERNEL -> decrypted(ctx, message);
            case HELD -> throw new AssertionError("received while held back: " + message);
            case GIVEN_UP -> ctx.fireChannelRead(message);
        }
    }

    private void framed(ChannelHandlerContext ctx, ByteBuf bytes) throws GeneralSecurityException {
        ktls.find();
        if (!boundary.passes(bytes) || !counter.look(bytes, ktls.hasSecrets())) {
            giveUp();
        }
        // The handshake may end in there. A receive that began before that would be of bytes that the kernel is to decrypt.
        passingOn = true;
        ctx.fireChannelRead(bytes);
        passingOn = false;
    }

    // ---- afterwards

    private void decrypted(ChannelHandlerContext ctx, Object message) throws GeneralSecurityException {
        if (!(message instanceof ReceivedRecord record)) {
            ktls.front().fireChannelRead(message);
            return;
        }
        byte[] content = ByteBufUtil.getBytes(record.content());
        record.release();
        if (record.type() == HANDSHAKE && messages.changesKeys(content)) {
            // BoringSSL must not see it: it would answer with new keys of its own.
            fail(ctx, KtlsTransmit.INTERNAL_ERROR, new SSLException("the peer changed its keys (KeyUpdate, RFC 8446, section"
                    + " 4.6.3), and the kernel that decrypts for this connection is not given others: use EvplTls without"
                    + " kernelTls() with such peers"));
            return;
        }
        fed = true;
        ctx.fireChannelRead(Unpooled.wrappedBuffer(keys.encrypt(record.type(), content, sequence++)));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (state == State.KERNEL && !fed) {
            ktls.front().fireChannelReadComplete(); // SslHandler would read once more, for it has passed nothing on
        } else {
            fed = false;
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (state == State.KERNEL && cause instanceof LinuxException failure) {
            switch (failure.errno()) {
                case Errno.EBADMSG -> refuse(ctx, KtlsTransmit.BAD_RECORD_MAC, "it was forged or damaged", failure);
                case Errno.EMSGSIZE -> refuse(ctx, KtlsTransmit.RECORD_OVERFLOW, "it is too long or too short", failure);
                case Errno.EINVAL -> refuse(ctx, KtlsTransmit.DECODE_ERROR, "it is no record of TLS", failure);
                default -> ctx.fireExceptionCaught(cause);
            }
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private void refuse(ChannelHandlerContext ctx, byte alert, String why, LinuxException failure) {
        ktls.kernel().clearError(ctx.channel());
        fail(ctx, alert, new SSLException("the kernel could not decrypt a record of the peer's: " + why + " ("
                + Errno.text(failure.errno()) + ")", failure));
    }

    /** As RFC 8446, section 6.2: a fatal alert, and the end. */
    private void fail(ChannelHandlerContext ctx, byte alert, SSLException cause) {
        ktls.transmit().alert(alert);
        ctx.fireExceptionCaught(cause);
        ctx.close();
    }
}
