package io.evpl.examples.perf.scenario;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of the report: what is sent, over how many connections of what kind.
 *
 * @param depth messages a connection keeps outstanding (modes with {@code --depth})
 * @param messagesPerSecond over all connections; 0 = as fast as echoes return
 * @param sameLoop in-process only: the load runs on the server's loop and not on one of its own
 */
public record Scenario(Mode mode, Link link, int connections, int payloadBytes, int depth, Direction direction, long messagesPerSecond,
                       boolean sameLoop) {
    public static Scenario pingPong(int connections, int payloadBytes, int depth) {
        return new Scenario(Modes.PINGPONG, Link.TCP, connections, payloadBytes, depth, Direction.BOTH, 0, false);
    }

    public static Scenario stream(int connections, int payloadBytes, Direction direction) {
        return new Scenario(Modes.STREAM, Link.TCP, connections, payloadBytes, 1, direction, 0, false);
    }

    public static Scenario packetEcho(int connections, int payloadBytes, int depth) {
        return new Scenario(Modes.PACKET_ECHO, Link.UDP, connections, payloadBytes, depth, Direction.BOTH, 0, false);
    }

    public static Scenario packetFlow(int connections, int payloadBytes, Direction direction) {
        return new Scenario(Modes.PACKET_FLOW, Link.UDP, connections, payloadBytes, 1, direction, 0, false);
    }

    /** @param connections that many at a time, each with one echo of {@code payloadBytes} */
    public static Scenario handshake(Mode mode, int connections, int payloadBytes) {
        return new Scenario(mode, Link.TLS, connections, payloadBytes, 1, Direction.BOTH, 0, false);
    }

    /** A fixed program of echoes over TCP, after which all is silent. */
    public static Scenario program(Mode mode, int connections, int payloadBytes) {
        return new Scenario(mode, Link.TCP, connections, payloadBytes, 1, Direction.BOTH, 0, false);
    }

    /** Calls over one connection each. */
    public static Scenario rpc(Mode mode, int payloadBytes, int depth) {
        return new Scenario(mode, Link.RPC, 1, payloadBytes, depth, Direction.BOTH, 0, false);
    }

    /** The same over another link. */
    public Scenario over(Link other) {
        return new Scenario(mode, other, connections, payloadBytes, depth, direction, messagesPerSecond, sameLoop);
    }

    /** The same with load and server on one loop, or on one each. */
    public Scenario onSameLoop(boolean same) {
        return new Scenario(mode, link, connections, payloadBytes, depth, direction, messagesPerSecond, same);
    }

    public String label() {
        String label = link.labelPrefix() + mode.describe(this);
        return link.inOneJvm() ? label + (sameLoop ? ", one loop" : ", two loops") : label;
    }

    public Map<String, String> toFields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("mode", mode.name());
        fields.put("link", link.name());
        fields.put("connections", Integer.toString(connections));
        fields.put("payloadBytes", Integer.toString(payloadBytes));
        fields.put("depth", Integer.toString(depth));
        fields.put("direction", direction.name());
        fields.put("messagesPerSecond", Long.toString(messagesPerSecond));
        fields.put("sameLoop", Boolean.toString(sameLoop));
        return fields;
    }

    /** The inverse of {@link #toFields()}; other fields are ignored. */
    public static Scenario fromFields(Map<String, String> fields) {
        return new Scenario(Modes.named(fields.get("mode")), Link.valueOf(fields.get("link")),
                Integer.parseInt(fields.get("connections")), Integer.parseInt(fields.get("payloadBytes")),
                Integer.parseInt(fields.get("depth")), Direction.valueOf(fields.get("direction")),
                Long.parseLong(fields.get("messagesPerSecond")), Boolean.parseBoolean(fields.get("sameLoop")));
    }
}
