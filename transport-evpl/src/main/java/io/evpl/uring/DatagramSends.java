package io.evpl.uring;

import io.evpl.channel.DatagramBatch;
import io.evpl.linux.Errno;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.uring.Sqe;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * The messages of one socket that the kernel has, oldest first. They complete in any order, and leave Netty's outbound
 * buffer in their own.
 */
final class DatagramSends {
    /** Messages with the kernel at a time; what is flushed beyond waits. */
    private static final int MAX_MESSAGES = 256;
    private static final int FIRST_PLACES = 16;

    /** One message: one datagram, or several as its segments. */
    private final class Send implements Op.Target {
        private Op op;
        private int packets;
        private int segmentBytes;
        private int result;
        /** Its datagrams are sent one by one. */
        private boolean singly;

        @Override
        public void completed(Op op, int res, int flags, boolean more) {
            this.op = null;
            result = res;
            inFlight--;
            io.sendCompleted();
        }
    }

    private final UringDatagramIo io;
    private final UringSource source;
    private final DatagramBatch batch;
    private final int fd;
    private Send[] sends = new Send[FIRST_PLACES];
    private int head;
    private int count;
    private int inFlight;
    /** Datagrams at the front of the outbound buffer that are in these messages. */
    private int packets;
    private boolean accounting;
    /** Whose datagrams they are; the channel lets go of it when it closes, its promises wait for the results. */
    private ChannelOutboundBuffer out;

    DatagramSends(UringDatagramIo io, UringSource source, DatagramBatch batch, int fd) {
        this.io = io;
        this.source = source;
        this.batch = batch;
        this.fd = fd;
    }

    /** Hands to the ring what of {@code out} it does not have, up to the limit. */
    void write(ChannelOutboundBuffer out) {
        if (accounting) {
            return; // once all is accounted for, the channel is asked to write on
        }
        this.out = out;
        if (count == 0) {
            DatagramBatch.dropCancelled(out);
        }
        for (;;) {
            int most = Math.min(Math.min(out.size() - packets, MAX_MESSAGES - count), DatagramBatch.MAX_PACKETS);
            if (most <= 0) {
                return;
            }
            long memory = source.scratch(batch.bytes(most));
            int messages = batch.prepare(out, packets, most, memory);
            if (messages == 0) {
                return;
            }
            for (int i = 0; i < messages; i++) {
                Send send = append();
                send.singly = false;
                send.packets = batch.packets(i);
                send.segmentBytes = batch.segmentBytes(i);
                packets += send.packets;
                submit(send, batch.message(i));
            }
        }
    }

    private Send append() {
        if (count == sends.length) {
            Send[] more = new Send[count * 2];
            for (int i = 0; i < count; i++) {
                more[i] = at(i);
            }
            sends = more;
            head = 0;
        }
        int place = head + count++ & sends.length - 1;
        if (sends[place] == null) {
            sends[place] = new Send();
        }
        return sends[place];
    }

    private Send at(int index) {
        return sends[head + index & sends.length - 1];
    }

    private void submit(Send send, long message) {
        send.op = source.ops().begin(send, Op.SEND);
        inFlight++;
        Sqe.sendmsg(source.ring().sqe(), fd, message, SocketOptions.MSG_NOSIGNAL, send.op.id());
    }

    boolean isBusy() {
        return inFlight > 0 || accounting;
    }

    /**
     * Takes off the outbound buffer what is done, as far as it is the oldest. Promises complete in here, and their
     * listeners may do anything.
     */
    void settle() {
        if (accounting) {
            return;
        }
        accounting = true;
        while (count > 0 && at(0).op == null && settleOldest()) {
            // the next one
        }
        accounting = false;
    }

    /** @return whether it is done with, and the next one's turn */
    private boolean settleOldest() {
        Send send = at(0);
        if (send.result >= 0) {
            for (int covered = send.singly ? 1 : send.packets; covered > 0; covered--) {
                takeOff(send);
                DatagramBatch.sent(out);
            }
        } else if (io.isCancelling()) {
            return settleCancelled(send);
        } else if (!isRetried(send.result)
                && (send.singly || send.packets == 1 || !batch.isRefusedForItsSegments(send.result, send.segmentBytes))) {
            takeOff(send);
            DatagramBatch.refused(out, send.result);
        }
        if (send.packets == 0) {
            dropOldest();
            return true;
        }
        if (io.isCancelling()) {
            send.result = -Errno.ECANCELED;
            return settleCancelled(send);
        }
        sendOneOf(send);
        return false;
    }

    private static boolean isRetried(int result) {
        return result == -Errno.EINTR || result == -Errno.EAGAIN || result == -Errno.ECANCELED;
    }

    /** Of several that did not go together each goes alone, one after the other: errors are then each one's own. */
    private void sendOneOf(Send send) {
        send.singly = true;
        long memory = source.scratch(batch.bytes(1));
        DatagramBatch.dropCancelled(out);
        int messages = batch.prepare(out, 0, 1, memory);
        assert messages == 1 : messages + " messages at the front of the outbound buffer";
        submit(send, batch.message(0));
    }

    /**
     * What was taken back stays in the outbound buffer, for the close to fail it or the next loop to send it; unless one
     * behind it was sent: that has to leave, and cannot before it.
     */
    private boolean settleCancelled(Send send) {
        if (inFlight > 0 || !isOneSentBehind()) {
            return false;
        }
        while (send.packets > 0) {
            takeOff(send);
            DatagramBatch.refused(out, send.result);
        }
        dropOldest();
        return true;
    }

    private boolean isOneSentBehind() {
        for (int i = 1; i < count; i++) {
            if (at(i).result >= 0) {
                return true;
            }
        }
        return false;
    }

    private void takeOff(Send send) {
        send.packets--;
        packets--;
    }

    private void dropOldest() {
        head = head + 1 & sends.length - 1;
        count--;
    }

    /** Takes back what the kernel has. */
    void cancel() {
        for (int i = 0; i < count; i++) {
            if (at(i).op != null) {
                source.cancel(at(i).op);
            }
        }
    }
}
