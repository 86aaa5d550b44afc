package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.SocketOptions;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.GenericUnixChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

import static io.evpl.linux.socket.SocketOptions.IPPROTO_IP;
import static io.evpl.linux.socket.SocketOptions.IPPROTO_TCP;
import static io.evpl.linux.socket.SocketOptions.SOL_SOCKET;

/** Which Netty option is which socket option; the kernel keeps the values. */
final class SocketOptionTable {
    private enum Type { INT, BOOLEAN, LONG, LINGER, TOS }

    private record Row(int level, int name, Type type) {
    }

    /** Options of connections. */
    static final SocketOptionTable STREAM = new SocketOptionTable()
            .with(ChannelOption.SO_RCVBUF, SOL_SOCKET, SocketOptions.SO_RCVBUF, Type.INT)
            .with(ChannelOption.SO_SNDBUF, SOL_SOCKET, SocketOptions.SO_SNDBUF, Type.INT)
            .with(ChannelOption.TCP_NODELAY, IPPROTO_TCP, SocketOptions.TCP_NODELAY, Type.BOOLEAN)
            .with(ChannelOption.SO_KEEPALIVE, SOL_SOCKET, SocketOptions.SO_KEEPALIVE, Type.BOOLEAN)
            .with(ChannelOption.SO_REUSEADDR, SOL_SOCKET, SocketOptions.SO_REUSEADDR, Type.BOOLEAN)
            .with(ChannelOption.SO_LINGER, SOL_SOCKET, SocketOptions.SO_LINGER, Type.LINGER)
            .with(ChannelOption.IP_TOS, IPPROTO_IP, SocketOptions.IP_TOS, Type.TOS)
            .with(UnixChannelOption.SO_REUSEPORT, SOL_SOCKET, SocketOptions.SO_REUSEPORT, Type.BOOLEAN)
            .with(ChannelOption.TCP_FASTOPEN_CONNECT, IPPROTO_TCP, SocketOptions.TCP_FASTOPEN_CONNECT, Type.BOOLEAN)
            .with(EvplChannelOption.TCP_CORK, IPPROTO_TCP, SocketOptions.TCP_CORK, Type.BOOLEAN)
            .with(EvplChannelOption.TCP_NOTSENT_LOWAT, IPPROTO_TCP, SocketOptions.TCP_NOTSENT_LOWAT, Type.LONG)
            .with(EvplChannelOption.TCP_KEEPIDLE, IPPROTO_TCP, SocketOptions.TCP_KEEPIDLE, Type.INT)
            .with(EvplChannelOption.TCP_KEEPINTVL, IPPROTO_TCP, SocketOptions.TCP_KEEPINTVL, Type.INT)
            .with(EvplChannelOption.TCP_KEEPCNT, IPPROTO_TCP, SocketOptions.TCP_KEEPCNT, Type.INT)
            .with(EvplChannelOption.TCP_USER_TIMEOUT, IPPROTO_TCP, SocketOptions.TCP_USER_TIMEOUT, Type.INT)
            .with(EvplChannelOption.TCP_QUICKACK, IPPROTO_TCP, SocketOptions.TCP_QUICKACK, Type.BOOLEAN)
            .with(EvplChannelOption.SO_BUSY_POLL, SOL_SOCKET, SocketOptions.SO_BUSY_POLL, Type.INT)
            .with(EvplChannelOption.SO_INCOMING_CPU, SOL_SOCKET, SocketOptions.SO_INCOMING_CPU, Type.INT)
            .with(EvplChannelOption.IP_FREEBIND, IPPROTO_IP, SocketOptions.IP_FREEBIND, Type.BOOLEAN)
            .with(EvplChannelOption.IP_TRANSPARENT, IPPROTO_IP, SocketOptions.IP_TRANSPARENT, Type.BOOLEAN)
            .with(EvplChannelOption.IP_BIND_ADDRESS_NO_PORT, IPPROTO_IP, SocketOptions.IP_BIND_ADDRESS_NO_PORT,
                    Type.BOOLEAN);

    /** Options of listening sockets. */
    static final SocketOptionTable SERVER = new SocketOptionTable()
            .with(ChannelOption.SO_RCVBUF, SOL_SOCKET, SocketOptions.SO_RCVBUF, Type.INT)
            .with(ChannelOption.SO_REUSEADDR, SOL_SOCKET, SocketOptions.SO_REUSEADDR, Type.BOOLEAN)
            .with(UnixChannelOption.SO_REUSEPORT, SOL_SOCKET, SocketOptions.SO_REUSEPORT, Type.BOOLEAN)
            .with(ChannelOption.TCP_FASTOPEN, IPPROTO_TCP, SocketOptions.TCP_FASTOPEN, Type.INT)
            .with(EvplChannelOption.TCP_DEFER_ACCEPT, IPPROTO_TCP, SocketOptions.TCP_DEFER_ACCEPT, Type.INT)
            .with(EvplChannelOption.SO_INCOMING_CPU, SOL_SOCKET, SocketOptions.SO_INCOMING_CPU, Type.INT)
            .with(EvplChannelOption.IP_FREEBIND, IPPROTO_IP, SocketOptions.IP_FREEBIND, Type.BOOLEAN)
            .with(EvplChannelOption.IP_TRANSPARENT, IPPROTO_IP, SocketOptions.IP_TRANSPARENT, Type.BOOLEAN);

    /** Options of UDP sockets. */
    static final SocketOptionTable DATAGRAM = new SocketOptionTable()
            .with(ChannelOption.SO_BROADCAST, SOL_SOCKET, SocketOptions.SO_BROADCAST, Type.BOOLEAN)
            .with(ChannelOption.SO_RCVBUF, SOL_SOCKET, SocketOptions.SO_RCVBUF, Type.INT)
            .with(ChannelOption.SO_SNDBUF, SOL_SOCKET, SocketOptions.SO_SNDBUF, Type.INT)
            .with(ChannelOption.SO_REUSEADDR, SOL_SOCKET, SocketOptions.SO_REUSEADDR, Type.BOOLEAN)
            .with(UnixChannelOption.SO_REUSEPORT, SOL_SOCKET, SocketOptions.SO_REUSEPORT, Type.BOOLEAN)
            .with(ChannelOption.IP_TOS, IPPROTO_IP, SocketOptions.IP_TOS, Type.TOS)
            .with(EvplChannelOption.SO_BUSY_POLL, SOL_SOCKET, SocketOptions.SO_BUSY_POLL, Type.INT)
            .with(EvplChannelOption.SO_INCOMING_CPU, SOL_SOCKET, SocketOptions.SO_INCOMING_CPU, Type.INT)
            .with(EvplChannelOption.IP_FREEBIND, IPPROTO_IP, SocketOptions.IP_FREEBIND, Type.BOOLEAN)
            .with(EvplChannelOption.IP_TRANSPARENT, IPPROTO_IP, SocketOptions.IP_TRANSPARENT, Type.BOOLEAN);

    /** Options of unix datagram sockets. */
    static final SocketOptionTable DOMAIN_DATAGRAM = new SocketOptionTable()
            .with(ChannelOption.SO_RCVBUF, SOL_SOCKET, SocketOptions.SO_RCVBUF, Type.INT)
            .with(ChannelOption.SO_SNDBUF, SOL_SOCKET, SocketOptions.SO_SNDBUF, Type.INT);

    /** Options of unix connections. */
    static final SocketOptionTable UNIX_STREAM = new SocketOptionTable()
            .with(ChannelOption.SO_RCVBUF, SOL_SOCKET, SocketOptions.SO_RCVBUF, Type.INT)
            .with(ChannelOption.SO_SNDBUF, SOL_SOCKET, SocketOptions.SO_SNDBUF, Type.INT);

    /** Options of listening unix sockets; SO_REUSEADDR, which servers set by habit, does nothing there. */
    static final SocketOptionTable UNIX_SERVER = new SocketOptionTable()
            .with(ChannelOption.SO_RCVBUF, SOL_SOCKET, SocketOptions.SO_RCVBUF, Type.INT)
            .with(ChannelOption.SO_REUSEADDR, SOL_SOCKET, SocketOptions.SO_REUSEADDR, Type.BOOLEAN);

    private final Map<ChannelOption<?>, Row> rows = new LinkedHashMap<>();

    private SocketOptionTable() {
    }

    private SocketOptionTable with(ChannelOption<?> option, int level, int name, Type type) {
        rows.put(option, new Row(level, name, type));
        return this;
    }

    /** All options in the table, in its order. */
    ChannelOption<?>[] options() {
        return rows.keySet().toArray(ChannelOption<?>[]::new);
    }

    boolean has(ChannelOption<?> option) {
        return rows.containsKey(option) || option instanceof GenericUnixChannelOption;
    }

    /** Reads with getsockopt(2). @throws ChannelException the kernel refuses */
    Object get(int fd, ChannelOption<?> option) {
        if (option instanceof RawUnixChannelOption raw) {
            return getRaw(fd, raw);
        }
        Row row = row(option);
        if (row.type == Type.LINGER) {
            return (int) checked(option, SocketOptions.getLinger(fd));
        }
        long value = checked(option, SocketOptions.getInt(fd, row.level, row.name));
        return switch (row.type) {
            case BOOLEAN -> value != 0;
            case LONG -> value;
            case INT, TOS, LINGER -> (int) value;
        };
    }

    /** Sets with setsockopt(2). @throws ChannelException the kernel refuses */
    void set(int fd, AddressFamily family, ChannelOption<?> option, Object value) {
        if (option instanceof RawUnixChannelOption raw) {
            setRaw(fd, raw, (ByteBuffer) value);
            return;
        }
        Row row = row(option);
        int number = switch (value) {
            case Boolean flag -> flag ? 1 : 0;
            case Long big when big >= 0 && big <= 0xffffffffL -> (int) (long) big;
            case Integer small -> small;
            default -> throw new IllegalArgumentException(option + ": " + value + " is not a value it takes");
        };
        int result = row.type == Type.LINGER ? SocketOptions.setLinger(fd, number)
                : SocketOptions.setInt(fd, row.level, row.name, number);
        if (row.type == Type.TOS && family == AddressFamily.INET6 && result >= 0) {
            result = SocketOptions.setInt(fd, SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_TCLASS, number);
        }
        checked(option, result);
    }

    private Row row(ChannelOption<?> option) {
        return option instanceof IntegerUnixChannelOption generic
                ? new Row(generic.level(), generic.optname(), Type.INT) : rows.get(option);
    }

    private static ByteBuffer getRaw(int fd, RawUnixChannelOption option) {
        try (Arena arena = Arena.ofConfined()) {
            long address = NativeAddress.allocate(arena, Math.max(1, option.length()));
            int bytes = (int) checked(option, SocketOptions.getBytes(fd, option.level(), option.optname(), address,
                    option.length()));
            byte[] value = new byte[bytes];
            NativeAddress.copyOut(address, value, 0, bytes);
            return ByteBuffer.wrap(value);
        }
    }

    private static void setRaw(int fd, RawUnixChannelOption option, ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        try (Arena arena = Arena.ofConfined()) {
            long address = NativeAddress.allocate(arena, Math.max(1, bytes.length));
            NativeAddress.copyIn(bytes, 0, address, bytes.length);
            checked(option, SocketOptions.setBytes(fd, option.level(), option.optname(), address, bytes.length));
        }
    }

    private static long checked(ChannelOption<?> option, long result) {
        if (result < 0) {
            throw new ChannelException(Errno.toException("socket option " + option.name(), (int) result));
        }
        return result;
    }
}
