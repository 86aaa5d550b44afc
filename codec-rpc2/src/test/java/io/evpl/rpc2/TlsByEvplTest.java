package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evpl.rpc2.tls.RpcTlsClient;
import io.evpl.rpc2.tls.RpcTlsServer;
import io.evpl.rpc2.tls.RpcTlsSession;
import io.evpl.tls.EvplTls;
import io.evpl.tls.EvplTlsClient;
import io.evpl.tls.EvplTlsServer;
import io.evpl.tls.TlsIdentity;
import io.evpl.tls.TlsTrust;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RPC-with-TLS by EvplTls, which has the kernel encrypt where it can. */
class TlsByEvplTest {
    @ParameterizedTest
    @EnumSource
    void callsAreProtectedBothWays(TestTransport transport) throws Exception {
        TlsAuthority authority = new TlsAuthority("Authority");
        TlsTrust trust = TlsTrust.of(authority.certificate);
        EvplTlsServer serverTls = EvplTls.server(identity(authority, "localhost")).requireClients(trust).versions("TLSv1.3")
                .applicationProtocols("sunrpc").kernelTls().build();
        EvplTlsClient clientTls = EvplTls.client().trust(trust).identity(identity(authority, "client.test")).versions("TLSv1.3")
                .applicationProtocols("sunrpc").kernelTls().build();
        EventLoopGroup group = transport.newGroup(1);
        RpcProgram program = RpcProgram.builder(Echo.PROGRAM, Echo.VERSION, "ECHO").procedure(Echo.TEXT, (text, call) -> call
                .reply(text + RpcTlsSession.of(call).peerCertificate().getSubjectX500Principal().getName())).build();
        RpcServer server = RpcServer.builder().group(group).channel(transport.serverType()).program(program)
                .tls(RpcTlsServer.builder((pipeline, before, _, _) -> serverTls.addBefore(pipeline, before))
                        .policy(RpcTlsServer.Policy.REQUIRED).build())
                .build();
        try {
            InetSocketAddress address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).sync().channel().localAddress();
            RpcTlsClient tls = RpcTlsClient.builder(clientTls::addBefore, Echo.PROGRAM, Echo.VERSION).serverName("localhost").build();
            RpcConnection connection = RpcConnection.connect(transport.bootstrap(group), RpcConfig.builder().tls(tls).build(), address);
            for (int i = 0; i < 100; i++) {
                assertEquals(i + "CN=client.test", connection.call(Echo.TEXT, Integer.toString(i)).get(20, TimeUnit.SECONDS));
            }
            connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } finally {
            server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static TlsIdentity identity(TlsAuthority authority, String host) throws Exception {
        TlsAuthority.Issued issued = authority.issue(host);
        return TlsIdentity.of(issued.key(), issued.certificate());
    }
}
