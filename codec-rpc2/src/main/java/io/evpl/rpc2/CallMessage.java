package io.evpl.rpc2;

import io.evpl.rpc2.auth.AuthRequest;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.net.SocketAddress;

/** The header of a call, RFC 5531, section 9, as it lies in its message. One object per connection reads one call after the other. */
final class CallMessage implements AuthRequest {
    /** What reading the header has come to. */
    enum Header {
        WHOLE, OTHER_RPC_VERSION, BAD_CREDENTIAL, BAD_VERIFIER
    }

    static final int CALL = 0;
    static final int REPLY = 1;
    static final int RPC_VERSION = 2;
    /** xid and message type: less is no message. */
    static final int MIN_BYTES = 8;
    private static final int RPC_VERSION_AT = 8;
    private static final int PROGRAM_AT = 12;
    private static final int VERSION_AT = 16;
    private static final int PROCEDURE_AT = 20;
    private static final int CREDENTIAL_AT = 24;
    /** Flavor and length. */
    private static final int AUTH_HEAD_BYTES = 8;

    private final SocketAddress remoteAddress;
    private final EventExecutor executor;

    private ByteBuf message;
    private int start;
    private int end;
    private int xid;
    private int program;
    private int version;
    private int procedure;
    private int credentialFlavor;
    private int credentialBytes;
    private int verifierAt;
    private int verifierFlavor;
    private int verifierBytes;
    private int argumentsAt;

    CallMessage(SocketAddress remoteAddress, EventExecutor executor) {
        this.remoteAddress = remoteAddress;
        this.executor = executor;
    }

    /** Reads the header of a message of at least {@link #MIN_BYTES}, whose indexes stay where they are. */
    Header read(ByteBuf in) {
        message = in;
        start = in.readerIndex();
        end = in.writerIndex();
        xid = in.getInt(start);
        if (end - start < RPC_VERSION_AT + Integer.BYTES) {
            return Header.BAD_CREDENTIAL;
        }
        if (in.getInt(start + RPC_VERSION_AT) != RPC_VERSION) {
            return Header.OTHER_RPC_VERSION;
        }
        if (end - start < CREDENTIAL_AT + AUTH_HEAD_BYTES) {
            return Header.BAD_CREDENTIAL;
        }
        program = in.getInt(start + PROGRAM_AT);
        version = in.getInt(start + VERSION_AT);
        procedure = in.getInt(start + PROCEDURE_AT);
        credentialFlavor = in.getInt(start + CREDENTIAL_AT);
        credentialBytes = in.getInt(start + CREDENTIAL_AT + Integer.BYTES);
        if (!isBody(credentialBytes, start + CREDENTIAL_AT + AUTH_HEAD_BYTES)) {
            return Header.BAD_CREDENTIAL;
        }
        verifierAt = start + CREDENTIAL_AT + AUTH_HEAD_BYTES + padded(credentialBytes);
        if (end - verifierAt < AUTH_HEAD_BYTES) {
            return Header.BAD_VERIFIER;
        }
        verifierFlavor = in.getInt(verifierAt);
        verifierBytes = in.getInt(verifierAt + Integer.BYTES);
        if (!isBody(verifierBytes, verifierAt + AUTH_HEAD_BYTES)) {
            return Header.BAD_VERIFIER;
        }
        argumentsAt = verifierAt + AUTH_HEAD_BYTES + padded(verifierBytes);
        return Header.WHOLE;
    }

    private boolean isBody(int bytes, int at) {
        return bytes >= 0 && bytes <= OpaqueAuth.MAX_BODY_BYTES && padded(bytes) <= end - at;
    }

    static int padded(int bytes) {
        return bytes + 3 & ~3;
    }

    ByteBuf message() {
        return message;
    }

    int messageBytes() {
        return end - start;
    }

    int credentialFlavor() {
        return credentialFlavor;
    }

    int argumentsAt() {
        return argumentsAt;
    }

    @Override
    public int xid() {
        return xid;
    }

    @Override
    public int program() {
        return program;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public int procedure() {
        return procedure;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public EventExecutor executor() {
        return executor;
    }

    @Override
    public ByteBuf header() {
        return message.slice(start, verifierAt - start);
    }

    @Override
    public ByteBuf credentialBody() {
        return message.slice(start + CREDENTIAL_AT + AUTH_HEAD_BYTES, credentialBytes);
    }

    @Override
    public int verifierFlavor() {
        return verifierFlavor;
    }

    @Override
    public ByteBuf verifierBody() {
        return message.slice(verifierAt + AUTH_HEAD_BYTES, verifierBytes);
    }

    @Override
    public ByteBuf arguments() {
        return message.slice(argumentsAt, end - argumentsAt);
    }
}
