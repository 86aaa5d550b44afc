package io.evpl.rpc2.gss;

import io.evpl.rpc2.auth.ProtectionException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.ietf.jgss.GSSException;

/**
 * An established context as both sides use it: checksums of headers and sequence numbers, and the bodies of RFC 2203, section 5.3.2.
 * Thread-safe: the mechanism's context is entered by one thread at a time, and what is copied is copied outside.
 */
final class GssContext {
    /** Up to here a body is copied behind its header; a longer one stays where it is, as part of a composite buffer. */
    private static final int COPIED_BYTES = 2048;

    private final MechanismContext mechanism;

    GssContext(MechanismContext mechanism) {
        this.mechanism = mechanism;
    }

    /** The checksum of a number as it stands on the wire: a sequence number, or the size of the window. */
    byte[] mic(int number) throws ProtectionException {
        return mic(ByteBuffer.allocate(Integer.BYTES).putInt(number).array(), 0, Integer.BYTES);
    }

    void verify(int number, byte[] mic) throws ProtectionException {
        verify(mic, 0, mic.length, ByteBuffer.allocate(Integer.BYTES).putInt(number).array(), 0, Integer.BYTES);
    }

    /** The checksum of a message, whose indices stay. */
    byte[] mic(ByteBuf message) throws ProtectionException {
        int bytes = message.readableBytes();
        byte[] copy = Scratch.array(bytes);
        message.getBytes(message.readerIndex(), copy, 0, bytes);
        return mic(copy, 0, bytes);
    }

    /** Both buffers' indices stay. */
    void verify(ByteBuf message, ByteBuf mic) throws ProtectionException {
        int bytes = message.readableBytes();
        int micBytes = mic.readableBytes();
        byte[] copy = Scratch.array(bytes + micBytes);
        message.getBytes(message.readerIndex(), copy, 0, bytes);
        mic.getBytes(mic.readerIndex(), copy, bytes, micBytes);
        verify(copy, bytes, micBytes, copy, 0, bytes);
    }

    /** Arguments or results as they go on the wire. Takes the body's reference, also when it fails; the result is the caller's. */
    ByteBuf wrap(Service service, int sequence, ByteBuf body) throws ProtectionException {
        return switch (service) {
            case NONE -> body;
            case INTEGRITY -> sign(sequence, body);
            case PRIVACY -> seal(sequence, body);
        };
    }

    /** What {@link #wrap} had at the other end, of a call with this sequence number. Takes the reference, also when it fails. */
    ByteBuf unwrap(Service service, int sequence, ByteBuf body) throws ProtectionException {
        return switch (service) {
            case NONE -> body;
            case INTEGRITY -> checked(sequence, body);
            case PRIVACY -> opened(sequence, body);
        };
    }

    /** {@code rpc_gss_integ_data}: opaque databody, which is sequence number and body, and its checksum. */
    private ByteBuf sign(int sequence, ByteBuf body) throws ProtectionException {
        int bytes = Integer.BYTES + body.readableBytes();
        byte[] mic;
        try {
            mic = mic(numbered(sequence, body), 0, bytes);
        } catch (ProtectionException | RuntimeException e) {
            body.release();
            throw e;
        }
        int padding = (int) (Rpcsec.padded(bytes) - bytes);
        int tailBytes = (int) (padding + Integer.BYTES + Rpcsec.padded(mic.length));
        boolean copied = body.readableBytes() <= COPIED_BYTES;
        ByteBufAllocator allocator = body.alloc();
        ByteBuf head = allocator.buffer(2 * Integer.BYTES + (copied ? body.readableBytes() + tailBytes : 0));
        head.writeInt(bytes).writeInt(sequence);
        if (copied) {
            head.writeBytes(body);
            body.release();
            return writeMic(head, padding, mic);
        }
        ByteBuf tail = writeMic(allocator.buffer(tailBytes), padding, mic);
        return allocator.compositeBuffer(3).addComponents(true, head, body, tail);
    }

    private static ByteBuf writeMic(ByteBuf to, int padding, byte[] mic) {
        to.writeZero(padding).writeInt(mic.length).writeBytes(mic);
        return to.writeZero((int) (Rpcsec.padded(mic.length) - mic.length));
    }

    /** {@code rpc_gss_priv_data}: sequence number and body, sealed, as one opaque. */
    private ByteBuf seal(int sequence, ByteBuf body) throws ProtectionException {
        try {
            byte[] plain = numbered(sequence, body);
            byte[] token;
            synchronized (mechanism) {
                token = mechanism.seal(plain, 0, Integer.BYTES + body.readableBytes());
            }
            int padding = (int) (Rpcsec.padded(token.length) - token.length);
            if (token.length <= COPIED_BYTES) {
                return body.alloc().buffer(Integer.BYTES + token.length + padding)
                        .writeInt(token.length).writeBytes(token).writeZero(padding);
            }
            ByteBuf head = body.alloc().buffer(Integer.BYTES).writeInt(token.length);
            return body.alloc().compositeBuffer(3)
                    .addComponents(true, head, Unpooled.wrappedBuffer(token), Unpooled.wrappedBuffer(new byte[padding]));
        } catch (GSSException e) {
            throw new ProtectionException("the body cannot be sealed: " + e.getMessage(), e);
        } finally {
            body.release();
        }
    }

    private static byte[] numbered(int sequence, ByteBuf body) {
        int bytes = body.readableBytes();
        byte[] copy = Scratch.array(Integer.BYTES + bytes);
        copy[0] = (byte) (sequence >>> 24);
        copy[1] = (byte) (sequence >>> 16);
        copy[2] = (byte) (sequence >>> 8);
        copy[3] = (byte) sequence;
        body.getBytes(body.readerIndex(), copy, Integer.BYTES, bytes);
        return copy;
    }

    private ByteBuf checked(int sequence, ByteBuf body) throws ProtectionException {
        boolean held = false;
        try {
            int at = body.readerIndex();
            int bytes = opaqueBytes(body, at, "databody");
            if (bytes < Integer.BYTES) {
                throw new ProtectionException("databody of " + bytes + " bytes has no sequence number");
            }
            int micAt = (int) (at + Integer.BYTES + Rpcsec.padded(bytes));
            int micBytes = opaqueBytes(body, micAt, "checksum");
            checkEnd(body, micAt + Integer.BYTES + Rpcsec.padded(micBytes));
            verifyWithin(body, at + Integer.BYTES, bytes, micAt + Integer.BYTES, micBytes);
            checkSequence(sequence, body.getInt(at + Integer.BYTES));
            held = true;
            return body.setIndex(at + 2 * Integer.BYTES, at + Integer.BYTES + bytes);
        } finally {
            if (!held) {
                body.release();
            }
        }
    }

    private void verifyWithin(ByteBuf body, int at, int bytes, int micAt, int micBytes) throws ProtectionException {
        if (body.hasArray()) {
            int from = body.arrayOffset();
            verify(body.array(), from + micAt, micBytes, body.array(), from + at, bytes);
            return;
        }
        byte[] copy = Scratch.array(bytes + micBytes);
        body.getBytes(at, copy, 0, bytes);
        body.getBytes(micAt, copy, bytes, micBytes);
        verify(copy, bytes, micBytes, copy, 0, bytes);
    }

    private ByteBuf opened(int sequence, ByteBuf body) throws ProtectionException {
        try {
            int at = body.readerIndex();
            int bytes = opaqueBytes(body, at, "databody");
            checkEnd(body, at + Integer.BYTES + Rpcsec.padded(bytes));
            byte[] plain = open(body, at + Integer.BYTES, bytes);
            if (plain.length < Integer.BYTES) {
                throw new ProtectionException("sealed body of " + plain.length + " bytes has no sequence number");
            }
            checkSequence(sequence, ByteBuffer.wrap(plain).getInt());
            return Unpooled.wrappedBuffer(plain, Integer.BYTES, plain.length - Integer.BYTES);
        } finally {
            body.release();
        }
    }

    private byte[] open(ByteBuf body, int at, int bytes) throws ProtectionException {
        byte[] token;
        int offset = 0;
        if (body.hasArray()) {
            token = body.array();
            offset = body.arrayOffset() + at;
        } else {
            token = Scratch.array(bytes);
            body.getBytes(at, token, 0, bytes);
        }
        try {
            synchronized (mechanism) {
                return mechanism.open(token, offset, bytes);
            }
        } catch (GSSException e) {
            throw new ProtectionException("the sealed body does not hold: " + e.getMessage(), e);
        }
    }

    /** The length of the opaque whose length word is at {@code at}; it lies within the buffer, padding included. */
    private static int opaqueBytes(ByteBuf body, int at, String what) throws ProtectionException {
        long left = body.writerIndex() - (long) at - Integer.BYTES;
        if (left < 0) {
            throw new ProtectionException("no " + what);
        }
        long bytes = body.getUnsignedInt(at);
        if (Rpcsec.padded(bytes) > left) {
            throw new ProtectionException(what + " of " + bytes + " bytes, but the message has " + left + " more");
        }
        return (int) bytes;
    }

    private static void checkEnd(ByteBuf body, long end) throws ProtectionException {
        if (end != body.writerIndex()) {
            throw new ProtectionException((body.writerIndex() - end) + " bytes behind the protected body");
        }
    }

    /** Else an old body could be put behind a new header. */
    private static void checkSequence(int expected, int found) throws ProtectionException {
        if (found != expected) {
            throw new ProtectionException("sequence number " + Integer.toUnsignedString(found) + " in the protected body, "
                    + Integer.toUnsignedString(expected) + " in the credential");
        }
    }

    private byte[] mic(byte[] message, int offset, int bytes) throws ProtectionException {
        try {
            synchronized (mechanism) {
                return mechanism.mic(message, offset, bytes);
            }
        } catch (GSSException e) {
            throw new ProtectionException("no checksum can be made: " + e.getMessage(), e);
        }
    }

    private void verify(byte[] mic, int micOffset, int micBytes, byte[] message, int offset, int bytes) throws ProtectionException {
        try {
            synchronized (mechanism) {
                mechanism.verify(mic, micOffset, micBytes, message, offset, bytes);
            }
        } catch (GSSException e) {
            throw new ProtectionException("the checksum does not hold: " + e.getMessage(), e);
        }
    }
}
