package io.evpl.examples.calculator;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.evpl.rpc2.RpcCall;
import io.evpl.rpc2.RpcConfig;
import io.evpl.rpc2.RpcConnection;
import io.evpl.rpc2.RpcServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A server, and a client that asks it for a sum. {@code java ... io.evpl.examples.calculator.Calculator 20 22} */
public final class Calculator implements CalculatorV1.Service {
    @Override
    public void add(Operands operands, RpcCall<Integer> call) {
        call.reply(operands.left() + operands.right());
    }

    /** What a handler throws is SYSTEM_ERR to the caller. */
    @Override
    public void divide(Operands operands, RpcCall<Integer> call) {
        call.reply(operands.left() / operands.right());
    }

    public static void main(String[] args) {
        EventLoopGroup loops = new EvplEventLoopGroup();
        RpcServer server = RpcServer.builder().group(loops).channel(EvplServerSocketChannel.class)
                .program(CalculatorV1.program(new Calculator())).build();
        SocketAddress address = server.bind(new InetSocketAddress("127.0.0.1", 0)).syncUninterruptibly().channel().localAddress();

        RpcConnection connection = RpcConnection.connect(new Bootstrap().group(loops).channel(EvplSocketChannel.class),
                RpcConfig.DEFAULT, address);
        CalculatorV1.Client calculator = new CalculatorV1.Client(connection);
        System.out.println(calculator.add(new Operands(Integer.parseInt(args[0]), Integer.parseInt(args[1]))).join());

        connection.close();
        server.close().toCompletableFuture().join();
        loops.shutdownGracefully().syncUninterruptibly();
    }
}
