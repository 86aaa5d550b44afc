package io.evpl.tls;

import io.evpl.channel.ReceivedRecord;
import io.evpl.channel.RecordFraming;
import io.evpl.channel.SentRecord;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Cmsg;
import io.evpl.linux.socket.TlsRecordMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.security.GeneralSecurityException;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/** A kernel with TLS for an embedded channel: a socket's receive queue, and the record layer that Linux would do. */
final class ScriptedKtls implements KtlsKernel {
    // struct msghdr
    private static final int IOV = 16;
    private static final int CONTROL = 32;

    private RecordFraming framing;
    private RecordKeys receiveKeys;
    private RecordKeys transmitKeys;
    private long receiveNumber;
    private long transmitNumber;
    private byte[] queue = {};
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private Throwable refusal;
    int errorsCleared;
    /** The number of the first record that is the kernel's. */
    long firstTransmitted;

    @Override
    public Throwable obstacle(Channel channel) {
        return null;
    }

    @Override
    public void receiveBy(Channel channel, RecordFraming how) {
        framing = how;
    }

    @Override
    public Throwable program(Channel channel, Direction direction, RecordKeys keys, long sequence) {
        if (refusal != null) {
            return refusal;
        }
        if (direction == Direction.RECEIVE) {
            receiveKeys = keys;
            receiveNumber = sequence;
        } else {
            assertNotNull(receiveKeys, "transmit comes second");
            collect((EmbeddedChannel) channel); // is with the kernel already
            transmitKeys = keys;
            transmitNumber = sequence;
            firstTransmitted = sequence;
        }
        return null;
    }

    @Override
    public void clearError(Channel channel) {
        errorsCleared++;
    }

    /** Connections from here on are none of this kernel's. */
    void refuseFromNowOn() {
        refusal = new UnsupportedOperationException("no");
        receiveKeys = null;
        transmitKeys = null;
    }

    boolean decrypts() {
        return receiveKeys != null;
    }

    /** The peer's bytes reach the socket, and as many as the channel asks for reach its pipeline. */
    void arrive(EmbeddedChannel channel, byte[] bytes) throws GeneralSecurityException {
        byte[] all = Arrays.copyOf(queue, queue.length + bytes.length);
        System.arraycopy(bytes, 0, all, queue.length, bytes.length);
        queue = all;
        while (queue.length > 0 && deliver(channel)) {
            channel.runPendingTasks();
        }
    }

    private boolean deliver(EmbeddedChannel channel) throws GeneralSecurityException {
        int wanted = framing == null ? queue.length : framing.wantedBytes();
        if (wanted == RecordFraming.NOTHING) {
            channel.runPendingTasks();
            return framing == null || framing.wantedBytes() != RecordFraming.NOTHING;
        }
        if (wanted != RecordFraming.CONTENT) {
            byte[] part = take(Math.min(wanted, queue.length));
            channel.writeInbound(Unpooled.wrappedBuffer(part));
            return true;
        }
        int length = queue.length < RecordKeys.HEADER_BYTES ? Integer.MAX_VALUE
                : RecordKeys.HEADER_BYTES + ((queue[3] & 0xff) << 8 | queue[4] & 0xff);
        if (queue.length < length) {
            return false;
        }
        RecordKeys.Content content = receiveKeys.decrypt(take(length), receiveNumber);
        assertNotNull(content, "record " + receiveNumber + " is not the next of these keys");
        receiveNumber++;
        ByteBuf plain = Unpooled.wrappedBuffer(content.bytes());
        channel.writeInbound(content.type() == TlsRecordMessage.APPLICATION_DATA ? plain
                : new ReceivedRecord(content.type(), plain));
        return true;
    }

    private byte[] take(int count) {
        byte[] part = Arrays.copyOf(queue, count);
        queue = Arrays.copyOfRange(queue, count, queue.length);
        return part;
    }

    /** What the channel has written since, as it leaves the machine. */
    byte[] sent(EmbeddedChannel channel) {
        collect(channel);
        byte[] all = wire.toByteArray();
        wire.reset();
        return all;
    }

    /** Takes over what the channel has written. */
    void collect(EmbeddedChannel channel) {
        try {
            for (Object message = channel.readOutbound(); message != null; message = channel.readOutbound()) {
                wire.writeBytes(message instanceof SentRecord record ? encrypt(record) : encrypt((ByteBuf) message));
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] encrypt(ByteBuf message) throws GeneralSecurityException {
        byte[] bytes = ByteBufUtil.getBytes(message);
        message.release();
        return transmitKeys == null || bytes.length == 0 ? bytes
                : transmitKeys.encrypt(TlsRecordMessage.APPLICATION_DATA, bytes, transmitNumber++);
    }

    private byte[] encrypt(SentRecord record) throws GeneralSecurityException {
        try (Arena arena = Arena.ofConfined()) {
            long message = NativeAddress.allocate(arena, TlsRecordMessage.BYTES);
            record.writeTo(message);
            long iov = NativeAddress.getLong(message + IOV);
            byte[] content = new byte[(int) NativeAddress.getLong(iov + Long.BYTES)];
            NativeAddress.copyOut(NativeAddress.getLong(iov), content, 0, content.length);
            byte type = NativeAddress.getByte(Cmsg.data(NativeAddress.getLong(message + CONTROL)));
            assertNotEquals(TlsRecordMessage.APPLICATION_DATA, type);
            assertEquals(2, content.length, "an alert");
            return transmitKeys.encrypt(type, content, transmitNumber++);
        }
    }
}
