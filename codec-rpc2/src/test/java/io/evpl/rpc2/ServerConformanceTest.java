package io.evpl.rpc2;

import io.evpl.rpc2.check.CheckOptions;
import io.evpl.rpc2.check.ConformanceCheck;
import io.evpl.rpc2.check.Rows;
import io.evpl.rpc2.conformance.ConformanceV1;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** The conformance kit runs all of its rows against the server, on each transport. */
class ServerConformanceTest {
    private static final int SECONDS = 20;
    private static final int PATIENCE_MS = 20_000; // a test's machine may be busy; no row that passes waits

    @TestFactory
    @DisplayName("RS01 to RS38, RS80 RS81 RS82 RS83 RS84 RS85 RS86 RS87 RS88 and the odd calls, as the conformance kit has them")
    Stream<DynamicContainer> serverPassesTheKit() {
        return Arrays.stream(TestTransport.values()).map(transport -> DynamicContainer.dynamicContainer(transport.name(), check(transport)));
    }

    private static Stream<DynamicContainer> check(TestTransport transport) {
        EventLoopGroup group = transport.newGroup(1);
        try {
            RpcServer server = RpcServer.builder().group(group).channel(transport.serverType()).program(ConformanceV1.program(new ConformanceEcho()))
                    .limits(RpcLimits.DEFAULT.withMaxRecordBytes(CheckOptions.CONFORMANCE_LIMIT_BYTES)).build();
            InetSocketAddress address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).syncUninterruptibly().channel()
                    .localAddress();
            Stream<DynamicContainer> rows = Rows.of(ConformanceCheck.run(address, CheckOptions.conformanceProgram()
                    .withPatienceMs(PATIENCE_MS)));
            server.close().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
            return rows;
        } catch (Exception e) {
            throw new AssertionError(transport.name(), e);
        } finally {
            group.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
