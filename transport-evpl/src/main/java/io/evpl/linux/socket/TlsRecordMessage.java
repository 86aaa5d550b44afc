package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

/**
 * TLS records of a socket whose kernel encrypts or decrypts: a control message says their type. What is sent, which is no
 * application data, is in one piece of memory as {@link DescriptorMessage}; what is received goes to memory of the caller's.
 *
 * @see <a href="https://docs.kernel.org/networking/tls.html">Kernel TLS, "Send TLS control messages" and what follows</a>
 */
public final class TlsRecordMessage {
    /** What fits: an alert has 2 bytes (RFC 8446, section 6), and nothing else is sent this way. */
    public static final int MAX_PAYLOAD_BYTES = 8;

    private static final int IOV = MsgHdr.BYTES;
    private static final int PAYLOAD = IOV + Iovec.BYTES;
    private static final int CONTROL = PAYLOAD + MAX_PAYLOAD_BYTES;
    private static final int TYPE_BYTES = 1;
    private static final int RECEIVED_CONTROL = IOV + Iovec.BYTES;
    /** Room for the type, and for what else a user's socket options have the kernel add: timestamps. */
    private static final int RECEIVED_CONTROL_BYTES = 128;

    /** Memory for one. */
    public static final int BYTES = CONTROL + 24;
    /** Memory for what a receive needs beside the record's content. */
    public static final int RECEIVED_BYTES = RECEIVED_CONTROL + RECEIVED_CONTROL_BYTES;

    /** The type of what the connection is for: RFC 8446, section 5.1. */
    public static final byte APPLICATION_DATA = 23;

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

    /**
     * Writes at {@code message} ({@link #RECEIVED_BYTES}) what receives records of one type. All of it is the kernel's until
     * the receive completes.
     *
     * @param buffer where the content goes; 0 if the kernel chooses a buffer
     * @param bytes  room there
     */
    public static void writeReceived(long message, long buffer, int bytes) {
        Iovec.write(message + IOV, 0, buffer, bytes);
        MsgHdr.write(message, 0, 0, message + IOV, buffer == 0 ? 0 : 1, message + RECEIVED_CONTROL, RECEIVED_CONTROL_BYTES, 0);
        // An item of no length: what an earlier record left in this memory must never be taken for this one's type.
        NativeAddress.putLong(message + RECEIVED_CONTROL, 0);
    }

    /** The type of what a successful receive brought; {@link #APPLICATION_DATA} if the kernel said nothing. */
    public static byte receivedType(long message) {
        long type = Cmsg.find(message + RECEIVED_CONTROL, Math.min(MsgHdr.controlBytes(message), RECEIVED_CONTROL_BYTES),
                SocketOptions.SOL_TLS, TlsCryptoInfo.TLS_GET_RECORD_TYPE, TYPE_BYTES);
        return type == 0 ? APPLICATION_DATA : NativeAddress.getByte(type);
    }
}
