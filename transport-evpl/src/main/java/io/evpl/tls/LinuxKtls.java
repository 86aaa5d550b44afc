package io.evpl.tls;

import io.evpl.channel.RecordChannel;
import io.evpl.channel.RecordFraming;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.socket.TlsCryptoInfo;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/** Linux's. @see <a href="https://docs.kernel.org/networking/tls.html">Kernel TLS</a> */
final class LinuxKtls implements KtlsKernel {
    static final LinuxKtls INSTANCE = new LinuxKtls();

    private static final byte[] ULP = "tls".getBytes(StandardCharsets.US_ASCII);

    private LinuxKtls() {
    }

    @Override
    public Throwable obstacle(Channel channel) {
        return channel instanceof RecordChannel ? null
                : new UnsupportedOperationException("the kernel encrypts on TCP alone, and this is " + channel);
    }

    @Override
    public void receiveBy(Channel channel, RecordFraming framing) {
        ((RecordChannel) channel).receiveBy(framing);
    }

    private static int fd(Channel channel) {
        return ((UnixChannel) channel).fd().intValue();
    }

    @Override
    public Throwable program(Channel channel, Direction direction, RecordKeys keys, long sequence) {
        int fd = fd(channel);
        if (fd < 0) {
            return new SSLException("the channel is closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            long info = NativeAddress.allocate(arena, TlsCryptoInfo.MAX_BYTES);
            if (direction == Direction.RECEIVE) { // comes first
                Throwable cause = attach(fd, info);
                if (cause != null) {
                    return cause;
                }
            }
            int option = direction == Direction.RECEIVE ? TlsCryptoInfo.TLS_RX : TlsCryptoInfo.TLS_TX;
            int bytes = keys.writeTo(info, sequence);
            int result = SocketOptions.setBytes(fd, SocketOptions.SOL_TLS, option, info, bytes);
            NativeAddress.fill(info, TlsCryptoInfo.MAX_BYTES, (byte) 0);
            return result >= 0 ? null : Errno.toException("kernel TLS", result, direction);
        }
    }

    private static Throwable attach(int fd, long memory) {
        NativeAddress.copyIn(ULP, 0, memory, ULP.length);
        int result = SocketOptions.setBytes(fd, SocketOptions.IPPROTO_TCP, SocketOptions.TCP_ULP, memory, ULP.length);
        if (result == -Errno.ENOENT) {
            return new UnsupportedOperationException("the kernel's module tls is not loaded: sudo modprobe tls",
                    Errno.toException("TCP_ULP", result));
        }
        return result >= 0 ? null : Errno.toException("TCP_ULP", result);
    }

    @Override
    public void clearError(Channel channel) {
        int fd = fd(channel);
        if (fd >= 0) {
            SocketOptions.getInt(fd, SocketOptions.SOL_SOCKET, SocketOptions.SO_ERROR);
        }
    }
}
