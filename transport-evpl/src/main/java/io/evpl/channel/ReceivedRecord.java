package io.evpl.channel;

import io.evpl.linux.socket.TlsRecordMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.DefaultByteBufHolder;
import io.netty.util.ReferenceCounted;

/** What the kernel decrypted and is no application data: an alert, a message of the handshake protocol. Has its content. */
public final class ReceivedRecord extends DefaultByteBufHolder {
    private final byte type;

    public ReceivedRecord(byte type, ByteBuf content) {
        super(content);
        this.type = type;
    }

    /**
     * What a channel passes on of a receive.
     *
     * @param content what was received; goes over to the result
     * @param message as {@link TlsRecordMessage#writeReceived} wrote it and the kernel filled it
     * @return {@code content} itself if it is application data, else a {@link ReceivedRecord} of it
     */
    public static ReferenceCounted of(ByteBuf content, long message) {
        byte type = TlsRecordMessage.receivedType(message);
        return type == TlsRecordMessage.APPLICATION_DATA ? content : new ReceivedRecord(type, content);
    }

    /** As RFC 8446, section 5.1 numbers them. */
    public byte type() {
        return type;
    }

    @Override
    public ByteBufHolder replace(ByteBuf other) {
        return new ReceivedRecord(type, other);
    }
}
