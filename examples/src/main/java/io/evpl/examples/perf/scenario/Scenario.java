package io.evpl.examples.perf.scenario;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of the report: what is sent, over how many connections.
 *
 * @param depth messages a connection keeps outstanding (modes with {@code --depth})
 * @param messagesPerSecond over all connections; 0 = as fast as echoes return
 */
public record Scenario(Mode mode, int connections, int payloadBytes, int depth, Direction direction, long messagesPerSecond) {
    public static Scenario pingPong(int connections, int payloadBytes, int depth) {
        return new Scenario(Modes.PINGPONG, connections, payloadBytes, depth, Direction.BOTH, 0);
    }

    public static Scenario stream(int connections, int payloadBytes, Direction direction) {
        return new Scenario(Modes.STREAM, connections, payloadBytes, 1, direction, 0);
    }

    public String label() {
        return mode.describe(this);
    }

    public Map<String, String> toFields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("mode", mode.name());
        fields.put("connections", Integer.toString(connections));
        fields.put("payloadBytes", Integer.toString(payloadBytes));
        fields.put("depth", Integer.toString(depth));
        fields.put("direction", direction.name());
        fields.put("messagesPerSecond", Long.toString(messagesPerSecond));
        return fields;
    }

    /** The inverse of {@link #toFields()}; other fields are ignored. */
    public static Scenario fromFields(Map<String, String> fields) {
        return new Scenario(Modes.named(fields.get("mode")), Integer.parseInt(fields.get("connections")),
                Integer.parseInt(fields.get("payloadBytes")), Integer.parseInt(fields.get("depth")),
                Direction.valueOf(fields.get("direction")), Long.parseLong(fields.get("messagesPerSecond")));
    }
}
