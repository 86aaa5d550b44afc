package io.evpl.tls;

import io.evpl.EvplDomainSocketChannel;
import io.evpl.EvplInprocChannel;
import io.evpl.EvplServerDomainSocketChannel;
import io.evpl.EvplServerInprocChannel;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.evpl.InprocAddress;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** What TLS runs on. */
enum TlsWire {
    TCP(EvplServerSocketChannel.class, EvplSocketChannel.class) {
        @Override
        SocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }
    },
    UNIX(EvplServerDomainSocketChannel.class, EvplDomainSocketChannel.class) {
        @Override
        SocketAddress address() {
            return new DomainSocketAddress("\0evpl-tls-" + ProcessHandle.current().pid());
        }
    },
    INPROC(EvplServerInprocChannel.class, EvplInprocChannel.class) {
        @Override
        SocketAddress address() {
            return new InprocAddress("tls");
        }
    };

    final Class<? extends ServerChannel> server;
    final Class<? extends Channel> client;

    TlsWire(Class<? extends ServerChannel> server, Class<? extends Channel> client) {
        this.server = server;
        this.client = client;
    }

    abstract SocketAddress address();
}
