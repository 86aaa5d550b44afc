package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SocketOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.evpl.linux.socket.SocketOptions.IPPROTO_IP;
import static io.evpl.linux.socket.SocketOptions.IPPROTO_IPV6;
import static io.evpl.linux.socket.SocketOptions.IPPROTO_TCP;
import static io.evpl.linux.socket.SocketOptions.SOL_SOCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every option goes to the socket: set through Netty, read back by getsockopt(2). */
class SocketOptionTableTest {
    private static final String EPOLL = "io.netty.channel.epoll.EpollChannelOption#";

    private final EvplSocketChannel channel = new EvplSocketChannel();
    private final EvplServerSocketChannel server = new EvplServerSocketChannel();

    @AfterEach
    void close() {
        channel.unsafe().closeForcibly();
        server.unsafe().closeForcibly();
    }

    /** Without io.evpl.linux.socket, whose reading is what is tested. */
    private static int kernelValue(int fd, int level, int name) {
        try (Arena arena = Arena.ofConfined()) {
            long value = NativeAddress.allocate(arena, 16);
            NativeAddress.putInt(value + 8, 4);
            assertEquals(0, Syscalls.getsockopt(fd, level, name, value, value + 8));
            return NativeAddress.getInt(value);
        }
    }

    private static int fd(Channel channel) {
        return channel instanceof EvplSocketChannel stream ? stream.fd : ((EvplServerSocketChannel) channel).fd;
    }

    @SuppressWarnings("unchecked")
    private static void assertReaches(Channel channel, ChannelOption<?> option, Object value, int level, int name,
                                      int kernelValue) {
        ChannelConfig config = channel.config();
        assertTrue(config.setOption((ChannelOption<Object>) option, value), option::name);
        assertEquals(kernelValue, kernelValue(fd(channel), level, name), option::name);
        Object read = config.getOption(option);
        assertEquals(value instanceof Boolean ? value : (long) kernelValue,
                read instanceof Number number ? number.longValue() : read, option::name);
    }

    static Stream<Arguments> streamOptions() {
        return Stream.of(
                Arguments.of(ChannelOption.SO_RCVBUF, 20_000, SOL_SOCKET, 8, 40_000), // doubled: socket(7)
                Arguments.of(ChannelOption.SO_SNDBUF, 20_000, SOL_SOCKET, 7, 40_000),
                Arguments.of(ChannelOption.TCP_NODELAY, false, IPPROTO_TCP, 1, 0),
                Arguments.of(ChannelOption.SO_KEEPALIVE, true, SOL_SOCKET, 9, 1),
                Arguments.of(ChannelOption.SO_REUSEADDR, true, SOL_SOCKET, 2, 1),
                Arguments.of(ChannelOption.IP_TOS, 16, IPPROTO_IP, 1, 16),
                Arguments.of(UnixChannelOption.SO_REUSEPORT, true, SOL_SOCKET, 15, 1),
                Arguments.of(ChannelOption.TCP_FASTOPEN_CONNECT, true, IPPROTO_TCP, 30, 1),
                Arguments.of(EvplChannelOption.TCP_CORK, true, IPPROTO_TCP, 3, 1),
                Arguments.of(EvplChannelOption.TCP_NOTSENT_LOWAT, 12_345L, IPPROTO_TCP, 25, 12_345),
                Arguments.of(EvplChannelOption.TCP_KEEPIDLE, 11, IPPROTO_TCP, 4, 11),
                Arguments.of(EvplChannelOption.TCP_KEEPINTVL, 12, IPPROTO_TCP, 5, 12),
                Arguments.of(EvplChannelOption.TCP_KEEPCNT, 13, IPPROTO_TCP, 6, 13),
                Arguments.of(EvplChannelOption.TCP_USER_TIMEOUT, 14_000, IPPROTO_TCP, 18, 14_000),
                Arguments.of(EvplChannelOption.TCP_QUICKACK, false, IPPROTO_TCP, 12, 0),
                Arguments.of(EvplChannelOption.SO_BUSY_POLL, 5, SOL_SOCKET, 46, 5),
                Arguments.of(EvplChannelOption.SO_INCOMING_CPU, 1, SOL_SOCKET, 49, 1),
                Arguments.of(EvplChannelOption.IP_FREEBIND, true, IPPROTO_IP, 15, 1),
                Arguments.of(EvplChannelOption.IP_TRANSPARENT, true, IPPROTO_IP, 19, 1),
                Arguments.of(EvplChannelOption.IP_BIND_ADDRESS_NO_PORT, true, IPPROTO_IP, 24, 1));
    }

    static Stream<Arguments> serverOptions() {
        return Stream.of(
                Arguments.of(ChannelOption.SO_RCVBUF, 20_000, SOL_SOCKET, 8, 40_000),
                Arguments.of(ChannelOption.SO_REUSEADDR, false, SOL_SOCKET, 2, 0),
                Arguments.of(UnixChannelOption.SO_REUSEPORT, true, SOL_SOCKET, 15, 1),
                Arguments.of(ChannelOption.TCP_FASTOPEN, 6, IPPROTO_TCP, 23, 6),
                Arguments.of(EvplChannelOption.TCP_DEFER_ACCEPT, 3, IPPROTO_TCP, 9, 3),
                Arguments.of(EvplChannelOption.SO_INCOMING_CPU, 1, SOL_SOCKET, 49, 1),
                Arguments.of(EvplChannelOption.IP_FREEBIND, true, IPPROTO_IP, 15, 1),
                Arguments.of(EvplChannelOption.IP_TRANSPARENT, true, IPPROTO_IP, 19, 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streamOptions")
    void anOptionOfAConnectionReachesTheKernel(ChannelOption<?> option, Object value, int level, int name, int expected) {
        assertReaches(channel, option, value, level, name, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("serverOptions")
    void anOptionOfAListenerReachesTheKernel(ChannelOption<?> option, Object value, int level, int name, int expected) {
        assertReaches(server, option, value, level, name, expected);
    }

    @Test
    void noOptionOfTheTablesIsLeftOutHere() {
        Set<ChannelOption<?>> stream = new HashSet<>(Set.of(SocketOptionTable.STREAM.options()));
        streamOptions().forEach(row -> assertTrue(stream.remove(row.get()[0]), () -> row.get()[0] + " is not in the table"));
        assertEquals(Set.of(ChannelOption.SO_LINGER), stream);
        Set<ChannelOption<?>> listening = new HashSet<>(Set.of(SocketOptionTable.SERVER.options()));
        serverOptions().forEach(row -> assertTrue(listening.remove(row.get()[0])));
        assertEquals(Set.of(), listening);
    }

    @Test
    void everyOptionIsListedAndReadable() {
        assertTrue(channel.config().getOptions().keySet().containsAll(Set.of(SocketOptionTable.STREAM.options())));
        assertTrue(server.config().getOptions().keySet().containsAll(Set.of(SocketOptionTable.SERVER.options())));
        assertTrue(server.config().getOptions().containsKey(ChannelOption.SO_BACKLOG));
        assertTrue(channel.config().getOptions().containsKey(ChannelOption.ALLOW_HALF_CLOSURE));
    }

    @Test
    void lingerIsSecondsOrOff() {
        assertEquals(-1, channel.config().getSoLinger());
        for (int seconds : new int[] {0, 5, -1}) {
            channel.config().setSoLinger(seconds);
            assertEquals(seconds, channel.config().getSoLinger());
            try (Arena arena = Arena.ofConfined()) {
                long linger = NativeAddress.allocate(arena, 16);
                NativeAddress.putInt(linger + 8, 8);
                assertEquals(0, Syscalls.getsockopt(channel.fd, SOL_SOCKET, 13, linger, linger + 8));
                assertEquals(seconds < 0 ? 0 : 1, NativeAddress.getInt(linger));
                if (seconds >= 0) {
                    assertEquals(seconds, NativeAddress.getInt(linger + 4));
                }
            }
        }
    }

    @Test
    void theTrafficClassOfAnIpv6SocketIsSetForBothFamilies() {
        channel.config().setTrafficClass(0x20);
        assertEquals(0x20, kernelValue(channel.fd, IPPROTO_IP, SocketOptions.IP_TOS));
        if (channel.family == AddressFamily.INET6) {
            assertEquals(0x20, kernelValue(channel.fd, IPPROTO_IPV6, SocketOptions.IPV6_TCLASS));
        }
    }

    @Test
    void delayIsOffFromTheBeginningAsWithNettysTransports() {
        assertEquals(1, kernelValue(channel.fd, IPPROTO_TCP, SocketOptions.TCP_NODELAY));
    }

    @Test
    void optionsNotInTheTableAreSetByLevelAndNumber() {
        IntegerUnixChannelOption priority = new IntegerUnixChannelOption("SO_PRIORITY", SOL_SOCKET, SocketOptions.SO_PRIORITY);
        assertTrue(channel.config().setOption(priority, 3));
        assertEquals(3, channel.config().getOption(priority));
        assertEquals(3, kernelValue(channel.fd, SOL_SOCKET, SocketOptions.SO_PRIORITY));
        RawUnixChannelOption raw = new RawUnixChannelOption("raw", SOL_SOCKET, SocketOptions.SO_PRIORITY, 4);
        ByteBuffer five = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, 5);
        assertTrue(channel.config().setOption(raw, five));
        assertEquals(4, five.remaining(), "the caller's buffer is not moved");
        assertEquals(5, kernelValue(channel.fd, SOL_SOCKET, SocketOptions.SO_PRIORITY));
        assertEquals(5, channel.config().getOption(raw).order(ByteOrder.nativeOrder()).getInt(0));
    }

    @Test
    void optionsBearTheNamesOfTheEpollTransport() {
        Set<String> names = Stream.of(SocketOptionTable.STREAM.options()).map(ChannelOption::name)
                .collect(Collectors.toSet());
        for (String name : new String[] {"TCP_CORK", "TCP_NOTSENT_LOWAT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT",
            "TCP_USER_TIMEOUT", "TCP_QUICKACK", "SO_BUSY_POLL"}) {
            assertTrue(names.contains(EPOLL + name), name);
        }
        assertTrue(channel.config().setOption(ChannelOption.valueOf(EPOLL + "TCP_CORK"), true));
        assertEquals(1, kernelValue(channel.fd, IPPROTO_TCP, SocketOptions.TCP_CORK));
    }

    @Test
    void whatTheKernelRefusesIsAnExceptionThatNamesTheOption() {
        ChannelException e = assertThrows(ChannelException.class,
                () -> channel.config().setOption(EvplChannelOption.TCP_KEEPIDLE, -1));
        assertTrue(e.getMessage().contains("TCP_KEEPIDLE") && e.getMessage().contains("EINVAL"), e.getMessage());
    }

    @Test
    void theBacklogIsRemembered() {
        server.config().setOption(ChannelOption.SO_BACKLOG, 7);
        assertEquals(7, server.config().getOption(ChannelOption.SO_BACKLOG));
        assertEquals(7, server.config().getBacklog());
    }

    @Test
    void tcpInfoIsReadable() throws IOException {
        assertEquals(7, channel.tcpInfo().state(), "TCP_CLOSE of <netinet/tcp.h>");
    }
}
