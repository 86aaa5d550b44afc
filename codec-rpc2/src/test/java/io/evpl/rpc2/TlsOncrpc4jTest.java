package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.tls.RpcTlsClient;
import io.evpl.rpc2.tls.RpcTlsServer;
import io.evpl.rpc2.tls.RpcTlsSession;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLParameters;
import org.dcache.oncrpc4j.rpc.IoStrategy;
import org.dcache.oncrpc4j.rpc.OncRpcProgram;
import org.dcache.oncrpc4j.rpc.OncRpcSvc;
import org.dcache.oncrpc4j.rpc.OncRpcSvcBuilder;
import org.dcache.oncrpc4j.rpc.RpcAuthTypeNone;
import org.dcache.oncrpc4j.rpc.RpcTransport;
import org.dcache.oncrpc4j.rpc.net.IpProtocolType;
import org.dcache.oncrpc4j.xdr.XdrString;
import org.dcache.oncrpc4j.xdr.XdrVoid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * RPC-with-TLS with dCache's oncrpc4j at the other end. Of its SSLParameters 3.4.2 takes versions, ciphers and whether to ask for
 * certificates, and not the application protocols: these come by its context here.
 */
class TlsOncrpc4jTest {
    private static final SslProvider[] PROVIDERS = {SslProvider.JDK, SslProvider.OPENSSL};

    private static OncRpcSvcBuilder theirs(TlsAuthority authority, TlsAuthority.Issued own) throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setWantClientAuth(true);
        return new OncRpcSvcBuilder().withIpProtocolType(IpProtocolType.TCP).withoutAutoPublish().withIoStrategy(IoStrategy.SAME_THREAD)
                .withBindAddress("127.0.0.1").withMinPort(0).withMaxPort(0).withSSLContext(new TlsAlpnContext(authority.jdk(own)))
                .withSSLParameters(parameters).withStartTLS();
    }

    @ParameterizedTest
    @EnumSource
    void ourClientAtTheirServer(TestTransport transport) throws Exception {
        TlsAuthority authority = new TlsAuthority("Authority");
        AtomicReference<Boolean> protectedCall = new AtomicReference<>();
        OncRpcSvc server = theirs(authority, authority.issue("127.0.0.1"))
                .withRpcService(new OncRpcProgram(Echo.PROGRAM, Echo.VERSION), call -> {
                    if (call.getProcedure() == 6) {
                        protectedCall.set(call.getTransport().isTLS());
                        XdrString text = new XdrString();
                        call.retrieveCall(text);
                        call.reply(new XdrString(text.stringValue() + " by them"));
                    } else {
                        call.reply(XdrVoid.XDR_VOID);
                    }
                }).build();
        server.start();
        EventLoopGroup group = transport.newGroup(1);
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                    server.getInetSocketAddress(IpProtocolType.TCP).getPort());
            for (SslProvider provider : PROVIDERS) {
                RpcTlsClient tls = RpcTlsClient.builder(authority.client(authority.issue("client.test"), provider), Echo.PROGRAM,
                        Echo.VERSION).build();
                RpcConnection connection = RpcConnection.connect(transport.bootstrap(group), RpcConfig.builder().tls(tls).build(), address);
                assertEquals("served by them", connection.call(Echo.TEXT, "served").get(20, TimeUnit.SECONDS));
                assertEquals(true, protectedCall.getAndSet(null));
                assertNotNull(RpcTlsSession.of(connection).peerCertificate());
                connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
            }
        } finally {
            server.stop();
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theirClientAtOurServer(TestTransport transport) throws Exception {
        TlsAuthority authority = new TlsAuthority("Authority");
        EventLoopGroup group = transport.newGroup(1);
        try {
            for (SslProvider provider : PROVIDERS) {
                serveTheirClient(transport, group, authority, provider);
            }
        } finally {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static void serveTheirClient(TestTransport transport, EventLoopGroup group, TlsAuthority authority, SslProvider provider)
            throws Exception {
        RpcTlsServer tls = RpcTlsServer.builder(authority.server(authority.issue("127.0.0.1"), provider))
                .policy(RpcTlsServer.Policy.REQUIRED).clients(ClientAuth.REQUIRE).build();
        RpcProgram program = RpcProgram.builder(Echo.PROGRAM, Echo.VERSION, "ECHO").procedure(Echo.TEXT, (text, call) -> call
                .reply(text + ' ' + RpcTlsSession.of(call).peerCertificate().getSubjectX500Principal().getName())).build();
        RpcServer server = RpcServer.builder().group(group).channel(transport.serverType()).program(program).tls(tls).build();
        InetSocketAddress address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).sync().channel().localAddress();
        OncRpcSvc client = theirs(authority, authority.issue("client.test")).withClientMode().build();
        client.start();
        try {
            RpcTransport connection = client.connect(address, 20, TimeUnit.SECONDS);
            var call = new org.dcache.oncrpc4j.rpc.RpcCall(Echo.PROGRAM, Echo.VERSION, new RpcAuthTypeNone(), connection);
            call.startTLS();
            assertTrue(connection.isTLS());
            XdrString reply = new XdrString();
            call.call(6, new XdrString("served to"), reply, 20, TimeUnit.SECONDS);
            assertEquals("served to CN=client.test", reply.stringValue());
        } finally {
            client.stop();
            server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }
}
