package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Finding.Verdict;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The kit finds nothing in a right server, and finds each fault there is. */
class ConformanceCheckTest {
    private static final int LONG_PATIENCE_MS = 20_000; // the machine may be busy; no row that passes waits
    private static final int SHORT_PATIENCE_MS = 250; // a server that owes an answer and is silent

    @TestFactory
    Stream<DynamicContainer> rightServerPassesEveryRow() throws IOException {
        try (PlainServer server = new PlainServer(null)) {
            Report report = ConformanceCheck.run(server.address(), CheckOptions.conformanceProgram().withPatienceMs(LONG_PATIENCE_MS));
            assertTrue(report.passed());
            return Rows.of(report);
        }
    }

    @Test
    void everyRequirementOfTheSpecificationHasRows() throws IOException {
        Set<String> ids;
        try (PlainServer server = new PlainServer(null)) {
            ids = ConformanceCheck.run(server.address(), CheckOptions.generic().withProgram(Shapes.PROGRAM, 1)).findings().stream()
                    .map(Finding::id).collect(Collectors.toCollection(TreeSet::new));
        }
        IntStream required = IntStream.rangeClosed(1, 38);
        Stream<String> rows = Stream.of(required, IntStream.of(45, 46, 47, 48, 49, 55, 65, 66, 67, 68, 69, 70, 71, 72),
                IntStream.rangeClosed(80, 88)).flatMap(IntStream::boxed).map(number -> String.format("RS%02d", number));
        Stream<String> oddCalls = IntStream.rangeClosed(1, 21).mapToObj(number -> String.format("T%02d", number));
        assertEquals(Stream.of(rows, oddCalls, Stream.of("RS-order")).flatMap(row -> row)
                .collect(Collectors.toCollection(TreeSet::new)), ids);
    }

    @ParameterizedTest
    @EnumSource
    void faultFailsItsRow(Fault fault) throws IOException {
        CheckOptions options = CheckOptions.conformanceProgram().withOnly(List.of(fault.row())).withPatienceMs(SHORT_PATIENCE_MS);
        try (PlainServer server = new PlainServer(fault)) {
            Report report = ConformanceCheck.run(server.address(), options);
            assertFalse(report.passed());
            assertFalse(report.failures().isEmpty(), () -> fault + " went unnoticed by " + report.findings());
        }
    }

    @Test
    void datagramsAreCheckedWithoutTheirMarks() throws IOException {
        try (PlainServer server = new PlainServer(null)) {
            Report report = ConformanceCheck.run(server.datagramAddress(), CheckOptions.conformanceProgram().withUdp(true));
            assertEquals(List.of(), report.failures());
            assertTrue(report.of(Group.RECORDS).stream().filter(found -> !found.id().equals("RS36"))
                    .allMatch(found -> found.verdict() == Verdict.NOT_APPLICABLE));
        }
    }

    @Test
    void rowsThatNeedTheConformanceProgramSaySo() throws IOException {
        try (PlainServer server = new PlainServer(null)) {
            Report report = ConformanceCheck.run(server.address(), CheckOptions.generic().withArgumentProcedure(Shapes.ECHO_BYTES));
            assertEquals(Shapes.PROGRAM, report.target().program());
            assertEquals(List.of(), report.failures());
            assertTrue(report.of(Group.VALUES).stream().allMatch(found -> found.seen().contains("--conformance")));
        }
    }

    @Test
    void progressHearsOfEachFinding() throws IOException {
        List<Finding> heard = new ArrayList<>();
        CheckOptions options = CheckOptions.conformanceProgram().withOnly(List.of("RS0?")).withProgress(heard::add);
        try (PlainServer server = new PlainServer(null)) {
            assertEquals(ConformanceCheck.run(server.address(), options).findings(), heard);
        }
        assertEquals(ConformanceCheck.count(options), heard.size());
    }

    @Test
    void nobodyThereIsAnException() throws IOException {
        InetSocketAddress gone;
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            gone = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        assertThrows(IOException.class, () -> ConformanceCheck.run(gone, CheckOptions.generic()));
    }

    @Test
    void programThatIsNotServedIsNamed() throws IOException {
        try (PlainServer server = new PlainServer(null)) {
            IOException refusal = assertThrows(IOException.class, () -> ConformanceCheck.run(server.address(),
                    CheckOptions.generic().withProgram(Target.NO_PROGRAM, 1)));
            assertTrue(refusal.getMessage().contains("PROG_UNAVAIL"), refusal.getMessage());
        }
    }
}
