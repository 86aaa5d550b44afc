package io.evpl.tls;

import io.evpl.channel.SentRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * What is sent, between SslHandler and the channel. Until the kernel encrypts, it counts the records that BoringSSL has encrypted
 * with the application's key: the kernel must go on with the next number. Afterwards SslHandler still sends alerts, encrypted by
 * BoringSSL; these are decrypted here, and leave through the kernel like everything else. On the channel's loop.
 */
final class KtlsTransmit extends ChannelOutboundHandlerAdapter {
    /** Alerts: RFC 8446, section 6. */
    static final byte BAD_RECORD_MAC = 20;
    static final byte RECORD_OVERFLOW = 22;
    static final byte DECODE_ERROR = 50;
    static final byte INTERNAL_ERROR = 80;

    private static final byte FATAL = 2;
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

    private final Ktls ktls;
    private final RecordCounter counter = new RecordCounter();
    private final RecordSplitter splitter = new RecordSplitter();
    private State state = State.COUNTING;
    private ChannelHandlerContext context;
    private RecordKeys keys;
    /** Of BoringSSL's next record, once the kernel encrypts. */
    private long sequence;

    KtlsTransmit(Ktls ktls) {
        this.ktls = ktls;
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

    boolean isKernel() {
        return state == State.KERNEL;
    }

    // ---- before

    /** The handshake is complete, and nothing of the application's was written yet. @return why this cannot go on, or null */
    Throwable begin(RecordKeys own) throws GeneralSecurityException {
        if (state != State.COUNTING) {
            return new UnsupportedOperationException("the handshake's messages are too long to be counted");
        }
        keys = own;
        counter.begin(own);
        return null;
    }

    /**
     * Waits until the kernel has all records that were encrypted by BoringSSL, then gives it the keys.
     *
     * @param decided gets null when the kernel encrypts, else why it never will
     */
    void drain(Consumer<Throwable> decided) {
        long before = counter.sequence();
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFuture written) -> {
            if (written.isSuccess() && counter.sequence() != before) {
                drain(decided);
                return;
            }
            Throwable cause = written.isSuccess() ? ktls.kernel().program(context.channel(), KtlsKernel.Direction.TRANSMIT,
                    keys, counter.sequence()) : written.cause();
            if (cause == null) {
                sequence = counter.sequence();
                state = State.KERNEL;
            } else {
                giveUp();
            }
            decided.accept(cause);
        });
    }

    void giveUp() {
        counter.forget();
        if (state == State.COUNTING) {
            state = State.GIVEN_UP;
        }
        if (keys != null) {
            keys.forget();
        }
    }

    // ---- what SslHandler writes

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        ByteBuf records = (ByteBuf) message;
        switch (state) {
            case COUNTING -> {
                ktls.find();
                if (!counter.look(records, ktls.hasSecrets())) {
                    giveUp();
                }
                ctx.write(records, promise);
            }
            case KERNEL -> throughKernel(ctx, records, promise);
            case GIVEN_UP -> ctx.write(records, promise);
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
                ctx.write(Unpooled.EMPTY_BUFFER, each); // one more than was given out before the kernel got the keys
            } else if (content != null && content.type() == ALERT) {
                ctx.write(new SentRecord(ALERT, content.bytes()), each);
            } else {
                SSLException cause = new SSLException("BoringSSL would change keys, which are the kernel's now");
                each.tryFailure(cause);
                ctx.fireExceptionCaught(cause);
                ctx.close();
            }
        }
    }

    /** Tells the peer why the connection ends, if the kernel encrypts: SslHandler knows nothing of the failure. */
    void alert(byte description) {
        if (state == State.KERNEL) {
            context.writeAndFlush(new SentRecord(ALERT, new byte[] {FATAL, description}));
        }
    }
}
