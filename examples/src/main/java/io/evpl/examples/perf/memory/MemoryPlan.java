package io.evpl.examples.perf.memory;

import io.evpl.examples.perf.scenario.Transport;
import java.nio.file.Path;
import java.util.List;

/**
 * What one run is to do; every value checked.
 *
 * @param transportsNamed true if the user chose them: then one that cannot run is a failure, not a remark
 * @param json null for none
 */
public record MemoryPlan(int connections, List<Transport> transports, boolean transportsNamed, int rounds, int loops, Path json) {
    public static final int DEFAULT_CONNECTIONS = 10_000;
    public static final List<Transport> DEFAULT_TRANSPORTS = List.of(Transport.EVPL_URING, Transport.EVPL_EPOLL, Transport.NIO,
            Transport.EPOLL, Transport.NETTY42_URING);
}
