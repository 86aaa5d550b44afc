package io.evpl.uring;

import io.evpl.channel.ChannelIo;
import io.evpl.channel.ServerEvents;
import io.evpl.linux.Errno;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.Sqe;
import io.evpl.linux.uring.UringAbi;
import io.evpl.metrics.TrafficMetric;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

import java.util.ArrayDeque;

/** One listening socket on the ring. */
final class UringServerIo implements ChannelIo, Op.Target {
    private final UringSource source;
    private final ServerEvents events;
    /** Accepted after the user had had enough; the next read begins with them. */
    private final ArrayDeque<Integer> surplus = new ArrayDeque<>();
    private Op accept;
    private boolean wanted;
    private boolean cancelling;

    UringServerIo(UringSource source, ServerEvents events) {
        this.source = source;
        this.events = events;
    }

    @Override
    public void beginRead() {
        if (wanted) {
            return;
        }
        wanted = true;
        if (!surplus.isEmpty()) {
            passOn(0);
        }
        if (accept == null && wanted) {
            arm();
        }
    }

    private void arm() {
        accept = source.ops().begin(this, Op.ACCEPT);
        boolean multishot = source.has(RingFeature.MULTISHOT_ACCEPT) && events.config().isAutoRead();
        Sqe.accept(source.ring().sqe(), events.fd(), multishot ? UringAbi.ACCEPT_MULTISHOT : 0,
                SocketOptions.SOCK_NONBLOCK | SocketOptions.SOCK_CLOEXEC, accept.id());
    }

    @Override
    public void stopRead() {
        wanted = false;
        if (accept != null) {
            source.cancel(accept);
        }
    }

    @Override
    public void completed(Op op, int res, int flags, boolean more) {
        if (!more) {
            accept = null;
        }
        if (res >= 0) {
            surplus.add(res);
        }
        if (cancelling) {
            if (!isBusy()) {
                events.drained();
            }
            return;
        }
        if (wanted && (!surplus.isEmpty() || isFailure(res))) {
            passOn(res);
        }
        if (accept == null && wanted && !cancelling) {
            arm();
        }
    }

    private static boolean isFailure(int res) {
        return res < 0 && res != -Errno.ECANCELED && res != -Errno.EINTR && res != -Errno.EAGAIN
                && res != -Errno.ECONNABORTED;
    }

    /** One read: as many connections as the user takes at a time. */
    private void passOn(int res) {
        RecvByteBufAllocator.ExtendedHandle handle = events.allocHandle();
        handle.reset(events.config());
        handle.attemptedBytesRead(1);
        while (!surplus.isEmpty() && events.isOpen()) {
            handle.lastBytesRead(1);
            handle.incMessagesRead(1);
            events.accepted(surplus.poll());
            if (!handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER)) {
                break;
            }
        }
        wanted = false;
        handle.readComplete();
        events.pipeline().fireChannelReadComplete();
        if (isFailure(res)) {
            events.acceptFailed(res);
        }
    }

    @Override
    public boolean isBusy() {
        return accept != null;
    }

    @Override
    public void cancel() {
        cancelling = true;
        wanted = false;
        if (accept != null) {
            source.cancel(accept);
        }
    }

    @Override
    public void close() {
        assert !isBusy() : "closed while the kernel accepts";
        cancelling = true;
        while (!surplus.isEmpty()) {
            int fd = surplus.poll();
            if (events.isOpen()) {
                events.accepted(fd); // the channel only leaves its loop
            } else {
                Syscalls.close(fd);
                events.traffic().count(TrafficMetric.ACCEPTS_DROPPED);
            }
        }
    }
}
