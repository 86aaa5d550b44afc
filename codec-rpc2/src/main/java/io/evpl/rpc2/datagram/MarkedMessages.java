package io.evpl.rpc2.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.function.Consumer;

/** Takes apart what a connection writes: messages, one behind the other, each with the mark of a single fragment. */
final class MarkedMessages {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(MarkedMessages.class);
    private static final int MARK_BYTES = 4;
    private static final int LENGTH = 0x7FFF_FFFF;
    private static final int CALL = 0;
    private static final int REPLY = 1;
    /** xid and message type. */
    private static final int MIN_BYTES = 8;
    private static final int MSG_ACCEPTED = 0;
    private static final int SYSTEM_ERR = 5;
    /** Where an accepted reply has the length of its verifier's body: behind xid, type, reply_stat and flavor. */
    private static final int VERIFIER_LENGTH_AT = 16;

    private MarkedMessages() {
    }

    /** Whether a datagram can be a message at all. What cannot is noise, which anybody can send. */
    static boolean isMessage(ByteBuf datagram) {
        return datagram.readableBytes() >= MIN_BYTES && (type(datagram) == CALL || type(datagram) == REPLY);
    }

    /** Of what {@link #isMessage}. */
    static boolean isCall(ByteBuf message) {
        return type(message) == CALL;
    }

    private static int type(ByteBuf message) {
        return message.getInt(message.readerIndex() + Integer.BYTES);
    }

    /** Gives each message, as a slice with a reference of its own, to the consumer. Does not take the batch's reference. */
    static void forEach(ByteBuf batch, Consumer<ByteBuf> consumer) {
        int at = batch.readerIndex();
        int end = batch.writerIndex();
        while (at < end) {
            int bytes = batch.getInt(at) & LENGTH;
            at += MARK_BYTES;
            ByteBuf message = bytes <= DatagramRecords.MAX_MESSAGE_BYTES ? batch.retainedSlice(at, bytes) : tooLarge(batch.slice(at, bytes));
            if (message != null) {
                consumer.accept(message);
            }
            at += bytes;
        }
    }

    /** Results that fit no datagram are SYSTEM_ERR, so that the caller need not wait in vain; a call is refused before it comes here. */
    private static ByteBuf tooLarge(ByteBuf message) {
        if (isCall(message) || message.getInt(8) != MSG_ACCEPTED) {
            LOG.warn("A message of {} bytes fits no datagram and is not sent", message.readableBytes());
            return null;
        }
        int verifierBytes = message.getInt(VERIFIER_LENGTH_AT) + 3 & ~3;
        int headerBytes = VERIFIER_LENGTH_AT + 4 + verifierBytes;
        LOG.warn("A reply of {} bytes fits no datagram: SYSTEM_ERR is sent in its place. Serve this program over TCP", message.readableBytes());
        return message.alloc().buffer(headerBytes + 4).writeBytes(message, message.readerIndex(), headerBytes).writeInt(SYSTEM_ERR);
    }
}
