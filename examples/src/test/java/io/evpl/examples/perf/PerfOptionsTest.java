package io.evpl.examples.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PerfOptionsTest {
    @Test
    void withoutOptionsTheQuickRowsRunOverAllTransports() {
        PerfPlan plan = plan();
        assertEquals(Rows.QUICK, plan.scenarios());
        assertEquals(Transport.usual(Set.of(Link.TCP)), plan.transports());
        assertFalse(plan.transportsNamed());
        assertEquals(3, plan.rounds());
    }

    @Test
    void oneRowPerModeWithItsOwnDefaults() {
        List<Scenario> rows = plan("--mode", "pingpong,stream", "--connections", "2").scenarios();
        assertEquals(List.of(Scenario.pingPong(2, 64, 1), Scenario.stream(2, 64 * 1024, Direction.BOTH)), rows);
    }

    @Test
    void sizesTakeBinarySuffixes() {
        assertEquals(64 * 1024, plan("--size", "64k").scenarios().getFirst().payloadBytes());
        assertEquals(1024 * 1024, plan("--size", "1M", "--mode", "stream").scenarios().getFirst().payloadBytes());
    }

    @Test
    void aRepeatedTransportRunsOnce() {
        assertEquals(List.of(Transport.NIO, Transport.EPOLL), plan("--transport", "nio,epoll,nio").transports());
    }

    @Test
    void loopsThatLeaveNoCpuForTheLoadAreNotPinnedByDefault() {
        assertFalse(plan("--loops", Integer.toString(Runtime.getRuntime().availableProcessors())).pin());
        assertFalse(plan("--no-pin").pin());
        assertTrue(plan("--pin").pin());
    }

    @Test
    void suiteHasMoreRowsAndFilesToKeep() {
        PerfPlan plan = plan("--suite");
        assertEquals(Stream.of(RowSet.values()).flatMap(set -> set.suiteRows().stream()).distinct().toList(), plan.scenarios());
        assertEquals(Stream.of(Transport.values()).filter(transport -> !transport.label().matches(".*(-on-|\\+).*")).toList(), plan.transports());
        assertTrue(plan.json().toString().endsWith(".json"));
        assertTrue(plan.html().toString().endsWith(".html"));
    }

    @Test
    void aSuiteOfOneModeHasItsRowsOnly() {
        PerfPlan plan = plan("--suite", "--mode", "unix");
        assertEquals(RowSet.UNIX.suiteRows(), plan.scenarios());
        assertEquals(Rows.SUITE_ROUNDS, plan.rounds());
        assertFalse(plan.transports().contains(Transport.INCUBATOR), "it has no unix sockets");
    }

    @Test
    void datagramsHaveEchoesAndBothWaysInTwoSizes() {
        assertEquals(List.of("datagram echo 16 x 64 B depth 8", "datagram in 4 x 64 B", "datagram out 4 x 64 B",
                "datagram echo 16 x 1400 B depth 8", "datagram in 4 x 1400 B", "datagram out 4 x 1400 B"), labels("--mode", "datagram"));
    }

    @Test
    void rowsThatAnOptionMakesAlikeRunOnce() {
        assertEquals(List.of("datagram echo 16 x 512 B depth 8", "datagram in 4 x 512 B", "datagram out 4 x 512 B"),
                labels("--mode", "datagram", "--size", "512"));
    }

    @Test
    void anOptionOfSomeRowsPicksThem() {
        assertEquals(List.of("datagram echo 16 x 64 B depth 2", "datagram echo 16 x 1400 B depth 2"),
                labels("--mode", "datagram", "--depth", "2"));
        assertEquals(List.of("unix stream in 4 x 64 KiB"), labels("--mode", "unix", "--direction", "in"));
        assertEquals(List.of("inproc stream in 1 x 64 B, one loop", "inproc stream in 1 x 64 KiB, one loop"),
                labels("--mode", "inproc", "--direction", "in", "--same-loop"));
        assertEquals(List.of("pingpong 64 x 64 B depth 4", "stream both 4 x 64 KiB"), labels("--mode", "pingpong,stream", "--depth", "4"));
    }

    @Test
    void tlsHasEchoesBulkAndHandshakes() {
        assertEquals(List.of("tls pingpong 64 x 64 B depth 1", "tls pingpong 1 x 64 B depth 1", "tls pingpong 64 x 1 KiB depth 1",
                "tls pingpong 1 x 1 KiB depth 1", "tls stream out 1 x 1 MiB", "tls stream in 1 x 1 MiB",
                "tls resumption 16 at a time, echo of 64 B", "tls handshake 16 at a time, echo of 64 B"), labels("--mode", "tls"));
        assertEquals(List.of("tls stream in 1 x 1 MiB"), labels("--mode", "tls", "--direction", "in"));
        assertEquals(labels("--mode", "tls").subList(6, 8), labels("--mode", "handshake"));
    }

    @Test
    void inprocRowsAreOnOneLoopAndOnTwo() {
        List<Scenario> rows = plan("--mode", "inproc").scenarios();
        assertEquals(12, rows.size());
        assertEquals(6, rows.stream().filter(Scenario::sameLoop).count());
        assertEquals(6, plan("--mode", "inproc", "--no-same-loop").scenarios().size());
    }

    @Test
    void whoeverHasNoPartInTheRowsIsNotStarted() {
        assertFalse(plan().transports().contains(Transport.LOCAL));
        assertEquals(List.of(Transport.EVPL_URING, Transport.EVPL_EPOLL, Transport.NIO, Transport.EPOLL, Transport.LOCAL,
                Transport.NETTY42_LOCAL), plan("--mode", "inproc").transports());
        assertTrue(plan("--mode", "inproc,datagram").transports().contains(Transport.INCUBATOR));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --transport nio,foo          | unknown transport 'foo'; known: evpl-uring, evpl-epoll, evpl-uring-sleep, nio, epoll, incubator, netty42-uring, local, netty42-local, oncrpc4j, evpl-on-nio, nio+idle, nio+busy, evpl-on-epoll, epoll+idle, epoll+busy, evpl-on-incubator, incubator+idle, incubator+busy
            --transport nio,,epoll       | --transport 'nio,,epoll' has an empty name in it
            --transport epoll,local      | --transport local: it does not do tcp
            --mode unix,datagram --transport netty42-local | --transport netty42-local: it does not do udp, unix
            --load-transport netty42-uring | --load-transport netty42-uring: the load generator runs on Netty 4.1 only
            --load-transport incubator --mode unix | --load-transport incubator: it does not do unix
            --mode ping                  | unknown mode 'ping'; known: pingpong, stream, datagram, unix, tls, handshake, inproc, rpc, memory
            --size 0                     | --size 0 is not within 1..16 MiB
            --size 17m                   | --size 17m is not within 1..16 MiB
            --size 5q                    | '5q' is not a size; sizes look like 64, 64k or 1m
            --size -5                    | '-5' is not a size; sizes look like 64, 64k or 1m
            --size 99999999999           | '99999999999' is not a size; sizes look like 64, 64k or 1m
            --connections 0              | --connections 0 is not within 1..20000
            --depth 1025                 | --depth 1025 is not within 1..1024
            --connections 20000 --size 1m | --connections x --size x --depth is 20971520000 bytes; at most 256 MiB may be outstanding
            --depth 4 --mode stream      | --depth means nothing to mode stream
            --rate 4 --mode stream       | --rate means nothing to mode stream
            --direction in               | --direction means nothing to mode pingpong
            --direction up --mode stream | --direction 'up' is none of in, out, both
            --rate 4 --mode datagram     | --rate means nothing to mode datagram
            --direction both --mode datagram | --direction 'both' is none of in, out
            --direction out --mode inproc | --direction 'out' is none of in
            --same-loop --mode unix      | --same-loop means nothing to mode unix
            --size 7 --mode datagram     | --size 7 is not within 8..65507 B
            --size 64k --mode datagram   | --size 64k is not within 8..65507 B
            --rate 0                     | --rate 0 is not within 1..10000000
            --mode memory,tls            | --mode memory is measured by itself
            --mode memory --size 5       | --size means nothing to mode memory
            --mode memory --transport local | --transport local: it does not do tcp
            --mode memory --connections 20001 | --connections 20001 is not within 1..20000
            --rounds 0                   | --rounds 0 is not within 1..100
            --seconds 0                  | --seconds 0 is not within 0.05..3600
            --seconds NaN                | --seconds NaN is not within 0.05..3600
            --warmup-seconds -1          | --warmup-seconds -1 is not within 0..3600
            --suite --depth 2            | --suite has its own rows; leave out --depth
            --json /no/such/folder/x     | --json /no/such/folder/x cannot be written
            """)
    void aWrongValueIsRefusedInOneLine(String options, String message) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> {
            PerfOptions parsed = CommandLine.populateCommand(new PerfOptions(), options.split(" "));
            Object plan = parsed.memory() ? parsed.memoryPlan() : parsed.plan();
        });
        assertEquals(message, refused.getMessage());
    }

    @Test
    void aFolderIsNoFileToWrite(@TempDir Path folder) {
        assertThrows(IllegalArgumentException.class, () -> plan("--html", folder.toString()));
    }

    private static List<String> labels(String... args) {
        return plan(args).scenarios().stream().map(Scenario::label).toList();
    }

    private static PerfPlan plan(String... args) {
        return CommandLine.populateCommand(new PerfOptions(), args).plan();
    }
}
