package io.evpl.rpc2.gss;

import io.evpl.rpc2.CallOptions;
import io.evpl.rpc2.RpcConfig;
import io.evpl.rpc2.RpcConnection;
import io.evpl.rpc2.RpcFuture;
import io.evpl.rpc2.RpcProcedure;
import io.evpl.rpc2.RpcProgram;
import io.evpl.rpc2.RpcServer;
import io.evpl.rpc2.auth.ServerAuth;
import io.evpl.xdr.XdrCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server that gives back what it gets and says who calls, and connections to it. */
final class EchoService implements AutoCloseable {
    static final int PROGRAM = 0x2045_5651;
    static final int VERSION = 1;
    static final RpcProcedure<Void, Void> NULL = new RpcProcedure<>(PROGRAM, VERSION, 0, "NULL", XdrCodec.VOID, XdrCodec.VOID);
    static final RpcProcedure<byte[], byte[]> ECHO =
            new RpcProcedure<>(PROGRAM, VERSION, 1, "ECHO", XdrCodec.opaque(1 << 20), XdrCodec.opaque(1 << 20));
    static final RpcProcedure<Void, String> WHO =
            new RpcProcedure<>(PROGRAM, VERSION, 2, "WHO", XdrCodec.VOID, XdrCodec.string(1024));

    private final EventLoopGroup group = new NioEventLoopGroup(2);
    private final RpcServer server;
    private final InetSocketAddress address;
    private final List<RpcConnection> connections = new ArrayList<>();

    EchoService(ServerAuth auth) {
        server = RpcServer.builder().group(group).channel(NioServerSocketChannel.class).auth(auth)
                .program(RpcProgram.builder(PROGRAM, VERSION, "ECHO").procedure(ECHO, (v, call) -> call.reply(v))
                        .procedure(WHO, (_, call) -> call.reply(call.credential().describe())).build()).build();
        address = (InetSocketAddress) server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly()
                .channel().localAddress();
    }

    int port() {
        return address.getPort();
    }

    RpcConnection connect() {
        return connect(address);
    }

    RpcConnection connect(InetSocketAddress to) {
        Bootstrap bootstrap = new Bootstrap().group(group).channel(NioSocketChannel.class);
        RpcConnection connection = RpcConnection.connect(bootstrap, RpcConfig.DEFAULT, to);
        connections.add(connection);
        return connection;
    }

    static <A, R> RpcFuture<R> call(RpcConnection connection, GssClient gss, RpcProcedure<A, R> procedure, A arguments) {
        return connection.call(procedure, arguments, CallOptions.DEFAULT.withAuth(gss));
    }

    static <R> R get(RpcFuture<R> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    static Throwable failure(RpcFuture<?> call) throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("succeeded with " + call.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Override
    public void close() {
        connections.forEach(connection -> connection.close().toCompletableFuture().join());
        server.close(0).toCompletableFuture().join();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
