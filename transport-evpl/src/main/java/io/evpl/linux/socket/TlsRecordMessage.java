package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

/**
 * A TLS record that is no application data, for a socket that encrypts in the kernel, in one piece of memory as
 * {@link DescriptorMessage}: a control message says the record's type.
 *
 * @see <a href="https://docs.kernel.org/networking/tls.html">Kernel TLS, "Send TLS control messages"</a>
 */
public final class TlsRecordMessage {
    /** What fits: an alert has 2 bytes (RFC 8446, section 6), and nothing else is sent this way. */
    public static final int MAX_PAYLOAD_BYTES = 8;

    private static final int IOV = MsgHdr.BYTES;
    private static final int PAYLOAD = IOV + Iovec.BYTES;
    private static final int CONTROL = PAYLOAD + MAX_PAYLOAD_BYTES;
    private static final int TYPE_BYTES = 1;

    /** Memory for one. */
    public static final int BYTES = CONTROL + 24;

    private TlsRecordMessage() {
    }

    /** Writes at {@code message} ({@link #BYTES}) what sends a record with this content. */
    public static void write(long message, byte type, byte[] payload) {
        NativeAddress.copyIn(payload, 0, message + PAYLOAD, payload.length);
        Iovec.write(message + IOV, 0, message + PAYLOAD, payload.length);
        MsgHdr.write(message, 0, 0, message + IOV, 1, message + CONTROL, Cmsg.space(TYPE_BYTES), 0);
        NativeAddress.putByte(Cmsg.write(message + CONTROL, SocketOptions.SOL_TLS, TlsCryptoInfo.TLS_SET_RECORD_TYPE,
                TYPE_BYTES), type);
    }
}
