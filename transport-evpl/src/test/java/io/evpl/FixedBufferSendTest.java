package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;
import io.evpl.uring.ScriptedTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.evpl.linux.uring.UringAbi.OP_SEND;
import static io.evpl.linux.uring.UringAbi.OP_SENDMSG_ZC;
import static io.evpl.linux.uring.UringAbi.OP_SEND_ZC;
import static io.evpl.uring.ScriptedTransport.SLABS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Zero-copy sends of memory that lies in slabs. */
class FixedBufferSendTest extends ScriptedChannelFixture {
    private static final int LARGE = ScriptedTransport.ZERO_COPY_BYTES;

    /** Before the fixture closes the loop: its descendants' methods come first. */
    @AfterEach
    void theKernelHasNoSlabOnceAllIsReleased() {
        SLABS.trim();
        loop.run(SLABS::trim);
        loop.turn();
        assertEquals(0, kernel.fixedBuffers());
        assertEquals(0, SLABS.usedDirectMemory());
    }

    private static ByteBuf slabBuffer(int bytes) {
        return SLABS.directBuffer(bytes).writeZero(bytes);
    }

    private Submission write(ByteBuf buffer) {
        loop.run(() -> channel.writeAndFlush(buffer));
        return kernel.only(OP_SEND_ZC);
    }

    private void complete(Submission send) {
        send.completeBeforeNotification(send.payloadBytes());
        send.notifySent(false);
        loop.turn();
    }

    @Test
    void aSlabIsRegisteredOnceAndItsIndexGoesWithEachSend() {
        useConnection(true);
        ByteBuf first = slabBuffer(LARGE);
        ByteBuf second = slabBuffer(LARGE + 10);
        assertEquals(0, kernel.fixedBuffers());
        Submission send = write(first);
        assertTrue(send.isFixed());
        assertEquals(1, kernel.fixedBuffers());
        int index = send.bufGroup();
        complete(send);
        send = write(second.retainedSlice(10, LARGE));
        assertTrue(send.isFixed(), "a slice lies in the slab too");
        assertEquals(index, send.bufGroup());
        complete(send);
        second.release();
        assertEquals(1, kernel.fixedBuffers());
    }

    @Test
    void aSlabStaysWithTheKernelUntilTheNotificationOfItsLastSend() {
        useConnection(true);
        ByteBuf buffer = slabBuffer(1 << 20);
        Submission send = write(buffer);
        send.completeBeforeNotification(send.payloadBytes());
        loop.turn();
        loop.run(channel::close);
        SLABS.trim();
        loop.turn();
        assertEquals(1, buffer.refCnt());
        assertEquals(1, kernel.fixedBuffers());
        assertEquals(1 << 20, SLABS.usedDirectMemory());
        send.notifySent(false);
        loop.turn();
        SLABS.trim();
        assertEquals(1 << 20, SLABS.usedDirectMemory(), "the loop has yet to let go");
        loop.turn();
        assertEquals(0, kernel.fixedBuffers());
        assertEquals(0, SLABS.usedDirectMemory());
    }

    @Test
    void smallSendsRegisterNothing() {
        useConnection(true);
        loop.run(() -> channel.writeAndFlush(slabBuffer(LARGE - 1)));
        Submission send = kernel.only(OP_SEND);
        assertEquals(0, kernel.fixedBuffers());
        send.complete(LARGE - 1);
        loop.turn();
    }

    @Test
    void memoryOfOthersAndGatheringsAreSentByAddress() {
        useConnection(true);
        Submission foreign = write(PooledByteBufAllocator.DEFAULT.directBuffer(LARGE).writeZero(LARGE));
        assertFalse(foreign.isFixed());
        complete(foreign);
        loop.run(() -> {
            channel.write(slabBuffer(LARGE));
            channel.writeAndFlush(slabBuffer(LARGE));
        });
        complete(kernel.only(OP_SENDMSG_ZC));
        assertEquals(0, kernel.fixedBuffers());
    }

    @Test
    void withoutTheFeatureSlabsAreSentByAddress() {
        useLoop(ScriptedFeatures.allBut(RingFeature.FIXED_BUFFERS));
        useConnection(true);
        Submission send = write(slabBuffer(LARGE));
        assertFalse(send.isFixed());
        complete(send);
    }

    @Test
    void aSlabThatTheKernelRefusesIsAskedForOnceAndSentByAddress() {
        useConnection(true);
        kernel.refuseFixedBuffers(Errno.ENOMEM);
        for (int i = 0; i < 3; i++) {
            Submission send = write(slabBuffer(LARGE));
            assertFalse(send.isFixed());
            complete(send);
        }
        assertEquals(1, kernel.fixedBufferUpdates());
    }
}
