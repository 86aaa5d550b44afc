package io.evpl.channel;

import io.evpl.linux.socket.TlsRecordMessage;

/** A TLS record that the kernel encrypts and that is no application data, on its way to the peer: an alert. */
public final class SentRecord implements SentMessage {
    private final byte type;
    private final byte[] payload;

    /** @param payload at most {@link TlsRecordMessage#MAX_PAYLOAD_BYTES} */
    public SentRecord(byte type, byte[] payload) {
        if (payload.length > TlsRecordMessage.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("a record of " + payload.length + " bytes is no alert");
        }
        this.type = type;
        this.payload = payload;
    }

    @Override
    public void writeTo(long message) {
        TlsRecordMessage.write(message, type, payload);
    }
}
