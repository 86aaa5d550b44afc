package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketName;
import io.evpl.linux.socket.SocketOptions;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** What connections and listening sockets have in common: one IP socket, its addresses and its loop. */
abstract class EvplChannel extends AbstractChannel implements UnixChannel {
    /** Asked once: containers without IPv6 exist. */
    private static final boolean IPV6 = !NetUtil.isIpV4StackPreferred() && canOpenIpv6();

    final int fd;
    final boolean ipv6;
    volatile InetSocketAddress local;
    volatile InetSocketAddress remote;

    EvplChannel(Channel parent, int fd, boolean ipv6) {
        super(parent);
        this.fd = fd;
        this.ipv6 = ipv6;
    }

    private static boolean canOpenIpv6() {
        int fd = Syscalls.socket(SockAddr.AF_INET6, SocketOptions.SOCK_STREAM | SocketOptions.SOCK_CLOEXEC, 0);
        if (fd >= 0) {
            Syscalls.close(fd);
        }
        return fd >= 0;
    }

    static boolean preferIpv6() {
        return IPV6;
    }

    /** A TCP socket, for both IPv4 and IPv6 where the machine has both. @throws ChannelException none can be opened */
    static int openSocket() {
        Evpl.ensureAvailability();
        int fd = Syscalls.socket(IPV6 ? SockAddr.AF_INET6 : SockAddr.AF_INET,
                SocketOptions.SOCK_STREAM | SocketOptions.SOCK_NONBLOCK | SocketOptions.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw new ChannelException(Errno.toException("socket", fd));
        }
        if (IPV6) {
            SocketOptions.setInt(fd, SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_V6ONLY, 0);
        }
        return fd;
    }

    /** The descriptor, for those who ask for it; it stays this channel's, who alone may close it. */
    @Override
    public FileDescriptor fd() {
        return new FileDescriptor(fd);
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof EvplEventLoop;
    }

    EvplEventLoop loop() {
        return (EvplEventLoop) eventLoop();
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
        int result = bind((InetSocketAddress) address);
        if (result < 0) {
            throw Errno.toException("bind", result, address);
        }
        local = SocketName.local(fd);
    }

    private int bind(InetSocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            long name = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            return Syscalls.bind(fd, name, SockAddr.write(address, ipv6, name));
        }
    }

    @Override
    protected void doDisconnect() throws Exception {
        doClose();
    }

    void closeFd() {
        int result = Syscalls.close(fd);
        assert !Errno.isBug(result) : "close: " + Errno.text(-result);
    }
}
