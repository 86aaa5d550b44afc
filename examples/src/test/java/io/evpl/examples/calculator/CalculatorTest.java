package io.evpl.examples.calculator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.rpc2.RpcConfig;
import io.evpl.rpc2.RpcConnection;
import io.evpl.rpc2.RpcServer;
import io.evpl.rpc2.SystemErrorException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CalculatorTest {
    @Test
    void theProgramPrintsTheSum() {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Calculator.main(new String[] {"20", "22"});
        } finally {
            System.setOut(out);
        }
        assertEquals("42\n", printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aDivisionByZeroIsTheServersError() throws Exception {
        EventLoopGroup loops = new NioEventLoopGroup(1);
        RpcServer server = RpcServer.builder().group(loops).channel(NioServerSocketChannel.class)
                .program(CalculatorV1.program(new Calculator())).build();
        RpcConnection connection = RpcConnection.connect(new Bootstrap().group(loops).channel(NioSocketChannel.class), RpcConfig.DEFAULT,
                server.bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel().localAddress());
        CalculatorV1.Client calculator = new CalculatorV1.Client(connection);
        assertEquals(7, calculator.divide(new Operands(43, 6)).get(20, TimeUnit.SECONDS));
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> calculator.divide(new Operands(1, 0)).get(20, TimeUnit.SECONDS));
        assertInstanceOf(SystemErrorException.class, thrown.getCause());
        connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
}
