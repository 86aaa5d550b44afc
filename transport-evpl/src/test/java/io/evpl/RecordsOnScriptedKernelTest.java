package io.evpl;

import io.evpl.channel.ReceivedRecord;
import io.evpl.channel.RecordFraming;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Cmsg;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.socket.TlsCryptoInfo;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

import static io.evpl.linux.uring.UringAbi.OP_RECV;
import static io.evpl.linux.uring.UringAbi.OP_RECVMSG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** TLS records on a ring whose completions the test writes: no byte more than is wanted, and each content with its type. */
class RecordsOnScriptedKernelTest extends ScriptedChannelFixture {
    // struct msghdr
    private static final int IOV = 16;
    private static final int CONTROL = 32;
    private static final int CONTROLLEN = 40;

    private int wanted = 5;

    private void useRecords() {
        useLoop(ScriptedFeatures.allBut(RingFeature.BUFFER_RING));
        useConnection(false);
        channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof ReceivedRecord record) {
                    ctx.fireUserEventTriggered("type " + record.type());
                    ctx.fireChannelRead(record.content());
                } else {
                    ctx.fireChannelRead(message);
                }
            }
        });
        channel.receiveBy(() -> wanted);
    }

    private Submission read(int opcode) {
        channel.read();
        loop.turn();
        return kernel.last(opcode);
    }

    /** The kernel's part of a receive. */
    private void deliver(Submission recvmsg, byte type, String content) {
        long message = recvmsg.addr();
        long buffer = NativeAddress.getLong(NativeAddress.getLong(message + IOV));
        NativeAddress.copyIn(content.getBytes(StandardCharsets.US_ASCII), 0, buffer, content.length());
        NativeAddress.putByte(Cmsg.write(NativeAddress.getLong(message + CONTROL), SocketOptions.SOL_TLS,
                TlsCryptoInfo.TLS_GET_RECORD_TYPE, 1), type);
        NativeAddress.putLong(message + CONTROLLEN, Cmsg.space(1));
        recvmsg.complete(content.length());
        loop.turn();
    }

    @Test
    void noReceiveTakesMoreThanIsWanted() {
        useRecords();
        Submission header = read(OP_RECV);
        assertEquals(5, header.len());
        assertFalse(header.selectsBuffer() || header.isMultishot());
        header.receive(bytes("abcde"));
        wanted = 258;
        loop.turn();
        assertEquals(List.of("abcde", "complete"), log.take());
        assertEquals(258, read(OP_RECV).len());
    }

    @Test
    void nothingIsReceivedUntilItIsKnownHow() {
        useRecords();
        wanted = RecordFraming.NOTHING;
        channel.read();
        loop.turn();
        assertEquals(0, kernel.submissions(OP_RECV));
        wanted = RecordFraming.CONTENT;
        channel.receiveBy(() -> wanted);
        loop.turn();
        assertEquals(0, kernel.submissions(OP_RECV));
        deliver(kernel.last(OP_RECVMSG), (byte) 23, "data");
        assertEquals(List.of("data", "complete"), log.take());
    }

    @Test
    void contentComesWithItsType() {
        useRecords();
        wanted = RecordFraming.CONTENT;
        deliver(read(OP_RECVMSG), (byte) 21, "xy");
        assertTrue(log.take().containsAll(List.of("type 21", "xy")));
        deliver(read(OP_RECVMSG), (byte) 23, "data");
        assertEquals(List.of("data", "complete"), log.take(), "the type before is not this one's");
    }

    @Test
    void aRecordThatCannotBeDecryptedIsToldWithItsName() {
        useRecords();
        wanted = RecordFraming.CONTENT;
        read(OP_RECVMSG).complete(-Errno.EBADMSG);
        loop.turn();
        assertTrue(log.take().toString().contains("EBADMSG"));
    }

    @Test
    void aCloseWhileARecordIsAwaitedGivesItsMemoryBackAfterTheCompletion() {
        useRecords();
        wanted = RecordFraming.CONTENT;
        Submission recvmsg = read(OP_RECVMSG);
        recvmsg.runUncancellably();
        channel.close();
        loop.turn();
        assertTrue(recvmsg.isInFlight());
        NativeAddress.putLong(recvmsg.addr() + CONTROLLEN, 0); // it is there to be written to
        recvmsg.complete(-Errno.ECANCELED);
        loop.turn();
        assertTrue(channel.closeFuture().isDone());
    }
}
