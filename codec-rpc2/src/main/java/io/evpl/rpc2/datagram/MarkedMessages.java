package io.evpl.rpc2.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.function.Consumer;

/** Takes apart what a connection writes: messages, one behind the other, each with the mark of a single fragment. */
final class MarkedMessages {
    /** IPv4's largest packet without its header and UDP's. */
    static final int MAX_DATAGRAM_BYTES = 65_535 - 20 - 8;

    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(MarkedMessages.class);
    private static final int MARK_BYTES = 4;
    private static final int LENGTH = 0x7FFF_FFFF;
    private static final int REPLY = 1;
    private static final int MSG_ACCEPTED = 0;
    private static final int SYSTEM_ERR = 5;
    /** Where an accepted reply has the length of its verifier's body: behind xid, type, reply_stat and flavor. */
    private static final int VERIFIER_LENGTH_AT = 16;

    private MarkedMessages() {
    }

    /** Gives each message, as a slice with a reference of its own, to the consumer. Does not take the batch's reference. */
    static void forEach(ByteBuf batch, Consumer<ByteBuf> consumer) {
        int at = batch.readerIndex();
        int end = batch.writerIndex();
        while (at < end) {
            int bytes = batch.getInt(at) & LENGTH;
            at += MARK_BYTES;
            ByteBuf message = bytes <= MAX_DATAGRAM_BYTES ? batch.retainedSlice(at, bytes) : tooLarge(batch.slice(at, bytes));
            if (message != null) {
                consumer.accept(message);
            }
            at += bytes;
        }
    }

    /** Results that fit no datagram are SYSTEM_ERR, so that the caller need not wait in vain; a call is refused before it comes here. */
    private static ByteBuf tooLarge(ByteBuf message) {
        if (message.getInt(4) != REPLY || message.getInt(8) != MSG_ACCEPTED) {
            LOG.warn("A message of {} bytes fits no datagram and is not sent", message.readableBytes());
            return null;
        }
        int verifierBytes = message.getInt(VERIFIER_LENGTH_AT) + 3 & ~3;
        int headerBytes = VERIFIER_LENGTH_AT + 4 + verifierBytes;
        LOG.warn("A reply of {} bytes fits no datagram: SYSTEM_ERR is sent in its place. Serve this program over TCP", message.readableBytes());
        return message.alloc().buffer(headerBytes + 4).writeBytes(message, message.readerIndex(), headerBytes).writeInt(SYSTEM_ERR);
    }
}
