package io.evpl.epoll;

import io.evpl.channel.ChannelIo;
import io.evpl.channel.ServerEvents;
import io.evpl.linux.Errno;
import io.evpl.linux.Syscalls;
import io.evpl.linux.epoll.Epoll;
import io.evpl.linux.socket.SocketOptions;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/** One listening socket watched by epoll. */
final class EpollServerIo implements ChannelIo, EpollSource.Target {
    private final EpollSource source;
    private final ServerEvents events;
    private final int place;
    private boolean wanted;
    private boolean readable;
    private boolean againAsked;
    private boolean closed;

    EpollServerIo(EpollSource source, ServerEvents events) {
        this.source = source;
        this.events = events;
        place = source.watchChannel(events.fd(), Epoll.EPOLLIN, this);
    }

    @Override
    public void ready(int mask) {
        if (mask == 0) {
            againAsked = false;
        }
        readable |= mask != 0;
        if (!closed && wanted && readable) {
            accept();
        }
    }

    @Override
    public void beginRead() {
        wanted = true;
        if (readable && !againAsked) {
            againAsked = true;
            source.again(this);
        }
    }

    @Override
    public void stopRead() {
        wanted = false;
    }

    /** One read: as many connections as the user takes at a time. */
    private void accept() {
        RecvByteBufAllocator.ExtendedHandle handle = events.allocHandle();
        handle.reset(events.config());
        handle.attemptedBytesRead(1);
        int failure = 0;
        do {
            int child = Syscalls.accept4(events.fd(), 0, 0, SocketOptions.SOCK_NONBLOCK | SocketOptions.SOCK_CLOEXEC);
            if (child < 0) {
                if (child == -Errno.EAGAIN) {
                    readable = false;
                    break;
                }
                if (child == -Errno.EINTR || child == -Errno.ECONNABORTED) {
                    continue;
                }
                failure = child;
                break;
            }
            handle.lastBytesRead(1);
            handle.incMessagesRead(1);
            events.accepted(child);
        } while (!closed && events.isOpen() && handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER));
        wanted = false;
        handle.readComplete();
        events.pipeline().fireChannelReadComplete();
        if (failure != 0) {
            events.acceptFailed(failure);
        }
    }

    @Override
    public boolean isBusy() {
        return false;
    }

    @Override
    public void cancel() {
        throw new AssertionError("the kernel holds nothing of a channel on epoll");
    }

    @Override
    public void close() {
        closed = true;
        source.unwatch(events.fd(), place);
    }
}
