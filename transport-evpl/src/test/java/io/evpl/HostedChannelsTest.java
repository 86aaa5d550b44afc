package io.evpl;

import org.junit.jupiter.api.Nested;

/** Channels of ours on Netty's loops: what is particular to that, and the contract of channels within the process. */
class HostedChannelsTest {
    @Nested
    class OnNio extends HostedChannelsContract {
        OnNio() {
            super(ForeignHost.NIO);
        }
    }

    @Nested
    class OnEpoll extends HostedChannelsContract {
        OnEpoll() {
            super(ForeignHost.EPOLL);
        }
    }

    @Nested
    class OnTheIncubator extends HostedChannelsContract {
        OnTheIncubator() {
            super(ForeignHost.INCUBATOR);
        }
    }

    @Nested
    class InprocMessagesBetweenNioLoops extends InprocChannelContract {
        InprocMessagesBetweenNioLoops() {
            super(InprocKind.MESSAGE, ForeignHost.NIO, 2);
        }
    }

    @Nested
    class InprocStreamOnAnEpollLoop extends InprocChannelContract {
        InprocStreamOnAnEpollLoop() {
            super(InprocKind.STREAM, ForeignHost.EPOLL, 1);
        }
    }

    @Nested
    class InprocMessagesBetweenLoopsOfTheIncubator extends InprocChannelContract {
        InprocMessagesBetweenLoopsOfTheIncubator() {
            super(InprocKind.MESSAGE, ForeignHost.INCUBATOR, 2);
        }
    }
}
