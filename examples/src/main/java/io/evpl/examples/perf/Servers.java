package io.evpl.examples.perf;

import io.evpl.examples.perf.child.ChildFailure;
import io.evpl.examples.perf.child.ServerJvm;
import io.evpl.examples.perf.scenario.Transport;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One server JVM per transport, alive for the whole run: as warm in each round as a server in service is, and without a JVM start
 * per round, which would take most of the minute. It costs idle neighbours, which have no connections and sleep, and a JIT that
 * has also seen earlier rows: the same for every transport. One that stalls or fails is replaced by a fresh one.
 */
final class Servers implements AutoCloseable {
    private final Map<Transport, ServerJvm> running = new EnumMap<>(Transport.class);
    private final Map<Transport, String> nettyVersions = new EnumMap<>(Transport.class);
    private final Map<Transport, String> unavailable = new EnumMap<>(Transport.class);
    private final int loops;
    private final List<Integer> cpus;
    private final List<Integer> loadCpus;

    /**
     * @param cpus one per loop to pin it to, or none
     * @param loadCpus the one for the loop of a load within the server's JVM, or none
     */
    Servers(int loops, List<Integer> cpus, List<Integer> loadCpus) {
        this.loops = loops;
        this.cpus = cpus;
        this.loadCpus = loadCpus;
    }

    /** Starts all at once, then sorts out who can run here. */
    void start(List<Transport> transports) throws InterruptedException {
        for (Transport transport : transports) {
            try {
                running.put(transport, ServerJvm.start(transport, loops, cpus, loadCpus));
            } catch (ChildFailure e) {
                unavailable.put(transport, e.getMessage());
            }
        }
        for (Transport transport : List.copyOf(running.keySet())) {
            try {
                nettyVersions.put(transport, running.get(transport).awaitReady());
            } catch (ChildFailure e) {
                unavailable.put(transport, reason(transport, e));
                stop(transport);
            }
        }
    }

    private static String reason(Transport transport, ChildFailure failure) {
        String prefix = transport.label() + ": ";
        return failure.getMessage().startsWith(prefix) ? failure.getMessage().substring(prefix.length()) : failure.getMessage();
    }

    ServerJvm of(Transport transport) throws ChildFailure, InterruptedException {
        ServerJvm server = running.get(transport);
        if (server == null) {
            server = ServerJvm.start(transport, loops, cpus, loadCpus);
            running.put(transport, server);
            server.awaitReady();
        }
        return server;
    }

    void stop(Transport transport) {
        ServerJvm server = running.remove(transport);
        if (server != null) {
            server.close();
        }
    }

    List<Transport> available() {
        return List.copyOf(nettyVersions.keySet());
    }

    Map<Transport, String> nettyVersions() {
        return nettyVersions;
    }

    Map<Transport, String> unavailable() {
        return unavailable;
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }
}
