package io.evpl.testsuite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The last surefire execution: reads what {@link RunRecorder} wrote in all JVMs of the build, and says what did not
 * run. With {@code -Devpl.require=all} a class that did not run on each backend, or a test that was skipped for a
 * reason nobody has reviewed, fails the build. Not named a test, so that only its own execution picks it up.
 */
class SuiteVerdict {
    private static final List<String> BACKENDS = List.of("io_uring", "epoll");

    /** Reasons that were looked at once, Netty's and our own. */
    private record Reviewed(String className, String methodName, String reasonPart) {
        boolean covers(RunRecorder.Outcome outcome) {
            return outcome.simpleClassName().equals(className) && outcome.methodName().equals(methodName)
                    && outcome.reason().contains(reasonPart);
        }
    }

    private static final List<Reviewed> REVIEWED = List.of(
            // Disabled in Netty for every transport; its premise (10 connects to a backlog of 1 take 3 s) is not Linux's.
            new Reviewed("EvplServerSocketSuspendTest", "testSuspendAndResumeAccept", "fails on osx"),
            // Disabled in Netty for every transport.
            new Reviewed("EvplSocketShutdownOutputBySelfTest", "testWriteAfterShutdownOutputNoWritabilityChange", "@Disabled"),
            // Virtual machines run it on their loopback interface, where it has been allowed; a test must not change this machine's.
            new Reviewed("DatagramChannelTest", "groupsAreJoinedBlockedAndLeft", "no interface does multicast"),
            // BoringSSL has no renegotiation to reject, and it is the OpenSSL that ships as a jar.
            new Reviewed("EvplSocketSslClientRenegotiateTest", "testSslRenegotiationRejected", "assumption is not false"),
            // Kernels with the module run them in a virtual machine: testing/vm/lanes/kernel.txt.
            new Reviewed("KtlsTest", "buffersAndFilesArriveBothWaysAndTheEndIsTold", "no kernel TLS"),
            new Reviewed("KtlsTest", "bothEndsMayLetTheirKernelsEncrypt", "no kernel TLS"),
            new Reviewed("KtlsPeersTest", "bytesAndFilesPassBothWaysAndBothEndsAreTold", "no kernel TLS"),
            new Reviewed("KtlsPeersTest", "theServersEndIsToldFirst", "no kernel TLS"),
            new Reviewed("KtlsPeersTest", "hostsClientsAndProtocolsAreKnownWhenTheKernelHasTheConnection", "no kernel TLS"),
            new Reviewed("KtlsPeersTest", "newKeysOfThePeersEndTheConnectionWithTheReason", "no kernel TLS"),
            new Reviewed("KtlsPeersTest", "aDamagedRecordEndsTheConnectionWithTheReason", "no kernel TLS"),
            new Reviewed("KtlsPeersTest", "anEndWithoutCloseNotifyIsTakenForWhatItIs", "no kernel TLS"),
            new Reviewed("KtlsPeersTest", "sendsAboveTheZeroCopyThresholdArrive", "no kernel TLS"),
            new Reviewed("KtlsPeersTest", "halfARecordIsWaitedFor", "no kernel TLS"),
            new Reviewed("EvplDomainSocketSslClientRenegotiateTest", "testSslRenegotiationRejected", "assumption is not false"));

    private static List<RunRecorder.Outcome> outcomes;

    @BeforeAll
    static void readRecords() throws IOException {
        Path records = Path.of(System.getProperty(RunRecorder.DIRECTORY_PROPERTY));
        // No test of this module has a name that was asked for: there is nothing to judge.
        outcomes = Files.exists(records) ? RunRecorder.read(records) : List.of();
        Map<String, Long> ran = outcomes.stream().filter(RunRecorder.Outcome::ran)
                .collect(Collectors.groupingBy(RunRecorder.Outcome::backend, TreeMap::new, Collectors.counting()));
        ran.forEach((backend, tests) -> System.out.println("ran on " + backend + ": " + tests));
        notRun().forEach((line, outcome) -> System.out.println(line + (reviewed(outcome) ? " (reviewed)" : "")));
    }

    @Test
    void noTestIsSkippedForAnUnreviewedReason() {
        if (requireAll()) {
            List<String> unreviewed = new ArrayList<>();
            notRun().forEach((line, outcome) -> {
                if (!reviewed(outcome)) {
                    unreviewed.add(line);
                }
            });
            assertEquals(List.of(), unreviewed);
        }
    }

    @Test
    void everyClassRanOnEveryBackend() {
        if (requireAll()) {
            List<String> absent = new ArrayList<>();
            for (String backend : BACKENDS) {
                SuiteClasses.ours().stream().filter(type -> !reported(backend, type))
                        .forEach(type -> absent.add(backend + " " + type.getSimpleName()));
            }
            assertEquals(List.of(), absent);
        }
    }

    private static boolean requireAll() {
        return "all".equals(System.getProperty("evpl.require"));
    }

    private static boolean reported(String backend, Class<?> type) {
        return outcomes.stream().anyMatch(outcome ->
                outcome.backend().equals(backend) && outcome.className().equals(type.getName()));
    }

    private static boolean reviewed(RunRecorder.Outcome outcome) {
        return REVIEWED.stream().anyMatch(entry -> entry.covers(outcome));
    }

    /** Sorted, and one line for all invocations of a parameterized test. */
    private static Map<String, RunRecorder.Outcome> notRun() {
        Map<String, RunRecorder.Outcome> lines = new TreeMap<>();
        outcomes.stream().filter(outcome -> !outcome.ran()).forEach(outcome -> lines.put(
                "not run on " + outcome.backend() + ": " + outcome.simpleClassName() + "." + outcome.methodName() + ": "
                        + outcome.reason(), outcome));
        return lines;
    }
}
