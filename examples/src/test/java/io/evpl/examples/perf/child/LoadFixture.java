package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Transport;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A load and a loop for the servers that it is tried on, made anew for each test. */
abstract class LoadFixture {
    TransportLoops server;
    TransportLoops loops;
    NettyLoad load;

    @BeforeEach
    void open() throws Exception {
        server = TransportLoops.open(Transport.NIO, 1, List.of());
        loops = TransportLoops.open(Transport.NIO, 1, List.of());
        load = new NettyLoad(LoadLoops.alone(loops));
    }

    @AfterEach
    void close() throws Exception {
        load.close();
        for (TransportLoops each : List.of(server, loops)) {
            each.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
        }
    }

    LoopsWithin serverOnly() {
        return new LoopsWithin(server, () -> {
            throw new AssertionError("no load within");
        });
    }
}
