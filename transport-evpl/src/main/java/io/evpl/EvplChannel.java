package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.ReadEvents;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficCounters;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.SocketAddress;

/** What connections and listening sockets have in common: one socket, its addresses and its loop. */
abstract class EvplChannel extends AbstractChannel implements UnixChannel {
    /** Asked once: containers without IPv6 exist. */
    private static final boolean IPV6 = !NetUtil.isIpV4StackPreferred() && canOpenIpv6();

    final int fd;
    final AddressFamily family;
    final ConnectionTally tally;
    volatile SocketAddress local;
    volatile SocketAddress remote;
    private volatile CloseReason closeReason;
    /** Null before the first registration. */
    private LoopChannels loop;

    /** @param inet, unix by what it talks, if its addresses are such */
    EvplChannel(Channel parent, int fd, AddressFamily family, Protocol inet, Protocol unix) {
        super(parent);
        tally = new ConnectionTally(this, family == AddressFamily.UNIX ? unix : inet);
        this.fd = fd;
        this.family = family;
    }

    private static boolean canOpenIpv6() {
        int fd = Syscalls.socket(SockAddr.AF_INET6, SocketOptions.SOCK_STREAM | SocketOptions.SOCK_CLOEXEC, 0);
        if (fd >= 0) {
            Syscalls.close(fd);
        }
        return fd >= 0;
    }

    /** IPv6, which speaks IPv4 too, where the machine has it. */
    static AddressFamily inet() {
        return IPV6 ? AddressFamily.INET6 : AddressFamily.INET;
    }

    /**
     * A socket that does not block and that child processes do not inherit; one of {@link AddressFamily#INET6} takes IPv4
     * too.
     *
     * @param type SOCK_STREAM or SOCK_DGRAM
     * @throws ChannelException none can be opened
     */
    static int openSocket(AddressFamily family, int type) {
        Evpl.ensureAvailability();
        int fd = Syscalls.socket(family.number(), type | SocketOptions.SOCK_NONBLOCK | SocketOptions.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw new ChannelException(Errno.toException("socket", fd));
        }
        if (family == AddressFamily.INET6) {
            SocketOptions.setInt(fd, SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_V6ONLY, 0);
        }
        return fd;
    }

    /**
     * The descriptor, for its number and to be sent through a unix socket. It stays this channel's: it is open as long as the
     * channel, and closing it closes the channel.
     */
    @Override
    public FileDescriptor fd() {
        return new FileDescriptor(fd) {
            @Override
            public boolean isOpen() {
                return EvplChannel.this.isOpen();
            }

            @Override
            public void close() {
                EvplChannel.this.close();
            }
        };
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return LoopChannels.areServedBy(loop);
    }

    /** Comes to a loop, as the first of what a registration does. On the loop's thread, as the rest of it. */
    final LoopChannels joinLoop() {
        loop = LoopChannels.of(eventLoop());
        tally.on(loop);
        return loop;
    }

    final LoopChannels loop() {
        return loop;
    }

    @Override
    protected SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        int result = bindSocket(address);
        if (result < 0) {
            throw Errno.toException("bind", result, address);
        }
        local = family.localOf(fd);
    }

    private int bindSocket(SocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            long name = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            return Syscalls.bind(fd, name, family.write(address, name));
        }
    }

    @Override
    protected void doDisconnect() throws Exception {
        doClose();
    }

    /** Why the channel was closed; null while it is open, unless something has failed already that will close it. Any thread. */
    public CloseReason closeReason() {
        return closeReason;
    }

    /** The first reason counts: what follows is its consequence. On the loop's thread. */
    final void closesFor(CloseReason reason) {
        if (closeReason == null) {
            closeReason = reason;
        }
    }

    // ---- the backend's half

    abstract BackendHalf<?> half();

    @Override
    protected void doDeregister() throws IOException {
        half().leave(loop.transport(), isOpen());
        loop.remove(this);
        tally.left(closeReason);
    }

    /** The end of a close: the kernel holds nothing of this channel. */
    void closeFd() {
        half().release();
        int result = Syscalls.close(fd);
        assert !Errno.isBug(result) : "close: " + Errno.text(-result);
    }

    /** What every backend's half asks. */
    abstract class SocketUnsafe extends AbstractUnsafe implements ReadEvents {
        @Override
        public int fd() {
            return fd;
        }

        @Override
        public ChannelPipeline pipeline() {
            return EvplChannel.this.pipeline();
        }

        @Override
        public ChannelConfig config() {
            return EvplChannel.this.config();
        }

        @Override
        public RecvByteBufAllocator.ExtendedHandle allocHandle() {
            return (RecvByteBufAllocator.ExtendedHandle) recvBufAllocHandle();
        }

        @Override
        public TrafficCounters traffic() {
            return tally.traffic();
        }

        @Override
        public boolean isOpen() {
            return EvplChannel.this.isOpen();
        }

        @Override
        public void drained() {
            half().drained();
        }
    }
}
