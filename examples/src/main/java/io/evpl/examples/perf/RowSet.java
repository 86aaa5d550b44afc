package io.evpl.examples.perf;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Mode;
import io.evpl.examples.perf.scenario.Modes;
import io.evpl.examples.perf.scenario.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one may type after {@code --mode}: the rows it gets without other options, and those it gets in the suite. */
enum RowSet {
    PINGPONG("pingpong",
            List.of(Scenario.pingPong(RowSet.SOME, RowSet.SMALL_BYTES, 1)),
            List.of(Scenario.pingPong(RowSet.SOME, RowSet.SMALL_BYTES, 1),
                    Scenario.pingPong(RowSet.SOME, RowSet.SMALL_BYTES, RowSet.PIPELINED),
                    Scenario.pingPong(RowSet.MANY, RowSet.SMALL_BYTES, 1),
                    Scenario.pingPong(1, RowSet.SMALL_BYTES, 1))),
    STREAM("stream",
            List.of(Scenario.stream(RowSet.FEW, RowSet.LARGE_BYTES, Direction.BOTH)),
            List.of(Scenario.stream(RowSet.FEW, RowSet.LARGE_BYTES, Direction.IN),
                    Scenario.stream(RowSet.FEW, RowSet.LARGE_BYTES, Direction.OUT),
                    Scenario.stream(RowSet.FEW, RowSet.LARGE_BYTES, Direction.BOTH))),
    /** 16 x 8 packets in flight fit into a socket buffer of the usual size, so that a loss says something. */
    DATAGRAM("datagram", Stream.of(RowSet.SMALL_BYTES, RowSet.PACKET_BYTES).flatMap(bytes -> Stream.of(
            Scenario.packetEcho(16, bytes, 8),
            Scenario.packetFlow(RowSet.FEW, bytes, Direction.IN),
            Scenario.packetFlow(RowSet.FEW, bytes, Direction.OUT))).toList()),
    UNIX("unix", Stream.of(
            Scenario.pingPong(RowSet.SOME, RowSet.SMALL_BYTES, 1),
            Scenario.pingPong(RowSet.SOME, RowSet.SMALL_BYTES, RowSet.PIPELINED),
            Scenario.pingPong(1, RowSet.SMALL_BYTES, 1),
            Scenario.stream(RowSet.FEW, RowSet.LARGE_BYTES, Direction.BOTH)).map(row -> row.over(Link.UNIX)).toList()),
    TLS("tls", Stream.concat(
            Stream.of(RowSet.SMALL_BYTES, RowSet.MESSAGE_BYTES).flatMap(bytes -> Stream.of(
                    Scenario.pingPong(RowSet.SOME, bytes, 1),
                    Scenario.pingPong(1, bytes, 1))).map(row -> row.over(Link.TLS)),
            Stream.concat(Stream.of(
                    Scenario.stream(1, RowSet.BULK_BYTES, Direction.OUT).over(Link.TLS),
                    Scenario.stream(1, RowSet.BULK_BYTES, Direction.IN).over(Link.TLS)), RowSet.handshakes())).toList()),
    HANDSHAKE("handshake", RowSet.handshakes().toList()),
    INPROC("inproc", Stream.of(false, true).flatMap(sameLoop -> Stream.of(
            Scenario.pingPong(RowSet.SOME, RowSet.SMALL_BYTES, 1),
            Scenario.pingPong(RowSet.SOME, RowSet.SMALL_BYTES, RowSet.PIPELINED),
            Scenario.pingPong(1, RowSet.SMALL_BYTES, RowSet.PIPELINED),
            Scenario.pingPong(1, RowSet.SMALL_BYTES, 1),
            Scenario.stream(1, RowSet.SMALL_BYTES, Direction.IN),
            Scenario.stream(1, RowSet.LARGE_BYTES, Direction.IN))
            .map(row -> row.over(Link.INPROC).onSameLoop(sameLoop))).toList()),
    RPC("rpc", Stream.of(
            RowSet.calls(Modes.RPC, 0, RowSet.MESSAGE_BYTES, RowSet.RPC_BYTES),
            RowSet.calls(Modes.RPC_BUFFERS, RowSet.RPC_BYTES),
            RowSet.calls(Modes.RPC_ONE_CLIENT, 0, RowSet.MESSAGE_BYTES, RowSet.RPC_BYTES)).flatMap(rows -> rows).toList());

    private static final int RPC_BYTES = 128 * 1024;
    private static final int SMALL_BYTES = 64;
    /** What fits into a frame of Ethernet, with room for a tunnel's headers. */
    private static final int PACKET_BYTES = 1400;
    private static final int MESSAGE_BYTES = 1024;
    private static final int BULK_BYTES = 1 << 20;
    /** Handshakes under way at once: enough that neither end waits for the other. */
    private static final int AT_A_TIME = 16;
    private static final int LARGE_BYTES = 64 * 1024;
    private static final int FEW = 4;
    private static final int SOME = 64;
    private static final int MANY = 1000;
    private static final int PIPELINED = 16;

    private final String label;
    private final List<Scenario> rows;
    private final List<Scenario> suiteRows;

    RowSet(String label, List<Scenario> rows, List<Scenario> suiteRows) {
        this.label = label;
        this.rows = rows;
        this.suiteRows = suiteRows;
    }

    RowSet(String label, List<Scenario> rows) {
        this(label, rows, rows);
    }

    /** The deepest first, which the JIT learns most from. */
    private static Stream<Scenario> calls(Mode mode, Integer... payloadBytes) {
        return Stream.of(payloadBytes).flatMap(bytes -> Stream.of(256, 32, 1).map(depth -> Scenario.rpc(mode, bytes, depth)));
    }

    /** The ones that come faster first: connections that come and go are new to the JIT. */
    private static Stream<Scenario> handshakes() {
        return Stream.of(Modes.RESUMPTION, Modes.HANDSHAKE)
                .map(mode -> Scenario.handshake(mode, RowSet.AT_A_TIME, RowSet.SMALL_BYTES));
    }

    /** @throws IllegalArgumentException naming the sets there are */
    static RowSet named(String label) {
        return Arrays.stream(values()).filter(set -> set.label.equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown mode '" + label + "'; known: "
                        + Arrays.stream(values()).map(RowSet::label).collect(Collectors.joining(", ")) + ", memory"));
    }

    String label() {
        return label;
    }

    List<Scenario> rows() {
        return rows;
    }

    List<Scenario> suiteRows() {
        return suiteRows;
    }
}
