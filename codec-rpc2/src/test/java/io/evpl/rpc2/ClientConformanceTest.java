package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.rpc2.check.Behaviour.Ending;
import io.evpl.rpc2.check.Behaviour.Fate;
import io.evpl.rpc2.check.Behaviour;
import io.evpl.rpc2.check.HostileServer;
import io.evpl.rpc2.conformance.Byte_strings;
import io.evpl.rpc2.conformance.ConformanceV1;
import io.netty.channel.EventLoopGroup;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The client against each behaviour of the hostile server, in one write, in two and byte by byte, on each transport. */
class ClientConformanceTest {
    private static final int SECONDS = 20;
    /** For a server that ends each connection before a call can be sent. */
    private static final long HOPELESS_NS = 500_000_000;
    private static final Byte_strings ARGUMENTS = new Byte_strings("hello world", "abc", new byte[5], new byte[3], new byte[16], 7);

    @TestFactory
    @DisplayName("RC01 to RC22 and RC30, as the hostile server plays them")
    Stream<DynamicTest> clientWithstands() {
        return Arrays.stream(TestTransport.values()).flatMap(transport -> Behaviour.matrix().stream().map(behaviour ->
                DynamicTest.dynamicTest(behaviour + ", " + transport.name(), () -> withstands(transport, behaviour))));
    }

    /** Each on its own: the client would come back, and the hostile server play once more. */
    @TestFactory
    @DisplayName("RC01 to RC22, as the hostile server plays them to RpcClient")
    Stream<DynamicTest> reconnectingClientWithstands() {
        return Arrays.stream(TestTransport.values()).flatMap(transport -> Behaviour.matrix().stream().map(behaviour ->
                DynamicTest.dynamicTest(behaviour + ", RpcClient, " + transport.name(), () -> withstandsAll(transport, behaviour))));
    }

    private static void withstandsAll(TestTransport transport, Behaviour behaviour) throws Exception {
        EventLoopGroup group = transport.newGroup(1);
        try (HostileServer server = HostileServer.serve(behaviour)) {
            RpcClient client = transport.client(RpcClient.builder().group(group)).remote(server.address()).build();
            RpcFuture<Byte_strings> first = new ConformanceV1.Client(client).echoBytes(ARGUMENTS,
                    CallOptions.DEFAULT.withTimeoutNs(behaviour.ending() == Ending.FAILURE && behaviour.fate() == Fate.GONE
                            ? HOPELESS_NS : TimeUnit.SECONDS.toNanos(SECONDS)));
            if (behaviour.ending() == Ending.SUCCESS_AFTER_THE_NEXT) {
                assertEchoed(new ConformanceV1.Client(client).echoBytes(ARGUMENTS));
            }
            if (behaviour.ending() == Ending.FAILURE) {
                fails(first);
            } else {
                assertEchoed(first);
            }
            client.close().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
            assertEquals(0, client.pendingCalls());
            assertEquals(List.of(), server.faults());
        } finally {
            group.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static void withstands(TestTransport transport, Behaviour behaviour) throws Exception {
        EventLoopGroup group = transport.newGroup(1);
        try (HostileServer server = HostileServer.serve(behaviour)) {
            RpcConnection connection = RpcConnection.connect(transport.bootstrap(group), RpcConfig.DEFAULT, server.address());
            RpcFuture<Byte_strings> first = call(connection);
            if (behaviour.ending() == Ending.SUCCESS_AFTER_THE_NEXT) {
                assertEchoed(call(connection));
            }
            if (behaviour.ending() == Ending.FAILURE) {
                fails(first);
            } else {
                assertEchoed(first);
            }
            if (behaviour.fate() == Fate.KEPT) {
                assertEchoed(call(connection));
            } else if (behaviour.fate() == Fate.GONE) {
                fails(call(connection));
            }
            assertEquals(List.of(), server.faults());
        } finally {
            group.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static RpcFuture<Byte_strings> call(RpcConnection connection) {
        return new ConformanceV1.Client(connection).echoBytes(ARGUMENTS);
    }

    private static void assertEchoed(RpcFuture<Byte_strings> future) throws Exception {
        assertEquals(ARGUMENTS, future.get(SECONDS, TimeUnit.SECONDS));
    }

    private static void fails(RpcFuture<Byte_strings> future) {
        assertInstanceOf(RpcException.class, assertThrows(ExecutionException.class, () -> future.get(SECONDS, TimeUnit.SECONDS)).getCause());
    }
}
