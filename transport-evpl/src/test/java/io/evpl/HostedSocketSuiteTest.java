package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketCloseForciblyTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketFileRegionTest;
import io.netty.testsuite.transport.socket.SocketGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketHalfClosedTest;
import io.netty.testsuite.transport.socket.SocketTestPermutation;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

import java.util.ArrayList;
import java.util.List;

/** Some of Netty's own suite with our TCP channels on Netty's loops. */
class HostedSocketSuiteTest {
    private static Combos combos;

    @BeforeAll
    static void begin() {
        combos = new Combos();
    }

    @AfterAll
    static void end() {
        combos.groups.forEach(group -> ForeignHost.shutDown(group, 0));
    }

    /** Both ends on one kind of host, each kind in turn. */
    private static final class Combos extends SocketTestPermutation {
        private final List<EventLoopGroup> groups = new ArrayList<>();
        private final List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> all = new ArrayList<>();

        Combos() {
            for (ForeignHost host : List.of(ForeignHost.NIO, ForeignHost.EPOLL, ForeignHost.INCUBATOR)) {
                EventLoopGroup group = host.newGroup(2);
                groups.add(group);
                all.addAll(combo(List.of(() -> new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)),
                        List.of(() -> new Bootstrap().group(group).channel(EvplSocketChannel.class))));
            }
        }
    }

    @Nested
    class Echo extends SocketEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos.all;
        }
    }

    @Nested
    class GatheringWrite extends SocketGatheringWriteTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos.all;
        }
    }

    @Nested
    class FileRegion extends SocketFileRegionTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos.all;
        }
    }

    @Nested
    class HalfClosed extends SocketHalfClosedTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos.all;
        }
    }

    @Nested
    class CloseForcibly extends SocketCloseForciblyTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return combos.all;
        }
    }
}
