package io.evpl.uring;

import io.evpl.channel.DatagramBatch;
import io.evpl.channel.DatagramEvents;
import io.evpl.linux.Errno;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.Sqe;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * The messages of one socket that the kernel has, oldest first. They complete in any order, and leave Netty's outbound
 * buffer in their own.
 */
final class DatagramSends {
    /** Messages with the kernel at a time; what is flushed beyond waits. */
    private static final int MAX_MESSAGES = 256;
    /** Unix datagrams are in order (unix(7)), and of two that wait for room in the kernel either may get it first. */
    private static final int MAX_MESSAGES_IN_ORDER = 1;
    private static final int FIRST_PLACES = 16;
    /**
     * The kernel must not wait for room itself: it would go on where the first try had left the vectors, and send what is
     * left of the datagram, or nothing, as a datagram (io_sendmsg, where unix_dgram_sendmsg has copied before -EAGAIN).
     */
    private static final int FLAGS = SocketOptions.MSG_NOSIGNAL | SocketOptions.MSG_DONTWAIT;
    private static final int POLLOUT = 4;
    /** poll(2) flag beyond 16 bits: edges. A unix socket counts as writable while its receiver takes nothing. */
    private static final int EPOLLET = 1 << 31;

    /** One message: one datagram, or several as its segments. */
    private final class Send implements Op.Target {
        private Op op;
        private int packets;
        private int segmentBytes;
        private int result;
        /** Its datagrams are sent one by one. */
        private boolean singly;
        /** Others were before it when it was tried. */
        private boolean behind;

        @Override
        public void completed(Op op, int res, int flags, boolean more) {
            this.op = null;
            result = res;
            withoutRoom += res == -Errno.EAGAIN ? 1 : 0;
            inFlight--;
            io.sendCompleted();
        }
    }

    private final UringDatagramIo io;
    private final UringSource source;
    private final DatagramBatch batch;
    private final int fd;
    private final int maxMessages;
    private Send[] sends = new Send[FIRST_PLACES];
    private int head;
    private int count;
    private int inFlight;
    /** Datagrams at the front of the outbound buffer that are in these messages. */
    private int packets;
    private boolean accounting;
    /** The oldest waits for room in the kernel, and all others for it. */
    private boolean isBlocked;
    /** Messages that found no room: nothing new may overtake them. */
    private int withoutRoom;
    private Op room;
    private boolean isRoomCancelled;
    private final Op.Target roomTarget = this::roomCame;
    /** Whose datagrams they are; the channel lets go of it when it closes, its promises wait for the results. */
    private ChannelOutboundBuffer out;

    DatagramSends(UringDatagramIo io, UringSource source, DatagramBatch batch, DatagramEvents events) {
        this.io = io;
        this.source = source;
        this.batch = batch;
        fd = events.fd();
        maxMessages = events.family().isInet() ? MAX_MESSAGES : MAX_MESSAGES_IN_ORDER;
    }

    /** Hands to the ring what of {@code out} it does not have, up to the limit. */
    void write(ChannelOutboundBuffer out) {
        if (accounting || withoutRoom > 0) {
            return; // once that is over, the channel is asked to write on
        }
        this.out = out;
        if (count == 0) {
            DatagramBatch.dropCancelled(out);
        }
        for (;;) {
            int most = Math.min(Math.min(out.size() - packets, maxMessages - count), DatagramBatch.MAX_PACKETS);
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
                send.behind = count > 1;
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
        Sqe.sendmsg(source.ring().sqe(), fd, message, FLAGS, send.op.id());
    }

    boolean isBusy() {
        return inFlight > 0 || accounting || room != null;
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
        if (count == 0 && !isRoomCancelled) {
            stopAwaitingRoom();
        }
    }

    /** @return whether it is done with, and the next one's turn */
    private boolean settleOldest() {
        Send send = at(0);
        if (send.result >= 0) {
            for (int covered = send.singly ? 1 : send.packets; covered > 0; covered--) {
                takeOff(send);
                batch.sent(out);
            }
        } else if (io.isCancelling()) {
            return settleCancelled(send);
        } else if (isRetried(send.result)) {
            return retry(send);
        } else if (send.singly || send.packets == 1 || !batch.isRefusedForItsSegments(send.result, send.segmentBytes)) {
            takeOff(send);
            batch.refused(out, send.result);
        }
        if (send.packets == 0) {
            dropOldest();
            return true;
        }
        if (io.isCancelling()) {
            send.result = -Errno.ECANCELED;
            return settleCancelled(send);
        }
        // Of several that did not go together each goes alone, one after the other: errors are then each one's own.
        send.singly = true;
        sendAgain(send);
        return false;
    }

    private static boolean isRetried(int result) {
        return result == -Errno.EINTR || result == -Errno.EAGAIN || result == -Errno.ECANCELED;
    }

    /** @return false: it is not done with */
    private boolean retry(Send send) {
        if (send.result == -Errno.EAGAIN && !send.behind) {
            isBlocked = true;
            awaitRoom();
        } else {
            sendAgain(send);
        }
        return false;
    }

    private void awaitRoom() {
        if (room == null) {
            room = source.ops().begin(roomTarget, Op.POLL);
            long sqe = source.ring().sqe();
            if (source.has(RingFeature.MULTISHOT_POLL)) {
                Sqe.pollMultishot(sqe, fd, POLLOUT | EPOLLET, room.id());
            } else {
                Sqe.poll(sqe, fd, POLLOUT, room.id());
            }
        }
    }

    private void roomCame(Op op, int result, int flags, boolean more) {
        if (!more) {
            room = null;
            isRoomCancelled = false;
            if (isBlocked && result < 0 && !io.isCancelling()) {
                awaitRoom(); // it was not needed any more, and is again
                return;
            }
        }
        if (isBlocked && !io.isCancelling()) {
            isBlocked = false;
            sendAgain(at(0));
        }
        io.sendCompleted();
    }

    private void sendAgain(Send send) {
        withoutRoom -= send.result == -Errno.EAGAIN ? 1 : 0;
        send.behind = false;
        DatagramBatch.dropCancelled(out);
        int most = send.singly ? 1 : send.packets;
        int messages = batch.prepare(out, 0, most, source.scratch(batch.bytes(most)));
        if (messages > 1) { // its channel wants no segments any more
            send.singly = true;
        }
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
            batch.refused(out, send.result);
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
        stopAwaitingRoom();
    }

    private void stopAwaitingRoom() {
        if (room != null) {
            isRoomCancelled = true;
            source.cancel(room);
        }
    }
}
