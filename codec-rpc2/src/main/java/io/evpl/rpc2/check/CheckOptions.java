package io.evpl.rpc2.check;

import java.util.List;
import java.util.function.Consumer;

/**
 * What is asked of {@link ConformanceCheck}.
 *
 * @param program           0: the first well-known one that answers; at port 111 rpcbind itself
 * @param version           0: the highest that the program says it has
 * @param argumentProcedure one that takes arguments, for calls which have none
 * @param conformance       the target serves the program of {@code conformance.x}: rows with arguments run as well
 * @param udp               calls are datagrams
 * @param only              IDs, {@code *} and {@code ?} are wild; empty: all
 * @param patienceMs        how long an answer may take; a row that owes silence does not wait for it
 * @param messageLimitBytes the longest message that the target takes, 0: unknown
 * @param progress          hears of each finding as it comes, on the caller's thread
 */
public record CheckOptions(int program, int version, int argumentProcedure, boolean conformance, boolean udp, List<String> only,
        int patienceMs, int messageLimitBytes, Consumer<Finding> progress) {
    static final int DEFAULT_PATIENCE_MS = 2_000; // closing and refusing are a matter of microseconds; machines may be busy
    /** The cap of the specification's row RS37. */
    public static final int CONFORMANCE_LIMIT_BYTES = 64 << 10;

    public CheckOptions {
        only = List.copyOf(only);
    }

    /** Any server, found out as far as it can be. */
    public static CheckOptions generic() {
        return new CheckOptions(0, 0, 1, false, false, List.of(), DEFAULT_PATIENCE_MS, 0, finding -> { });
    }

    /** A server of {@code conformance.x} whose messages are limited to {@value #CONFORMANCE_LIMIT_BYTES} bytes. */
    public static CheckOptions conformanceProgram() {
        return new CheckOptions(Shapes.PROGRAM, Shapes.VERSION, Shapes.ECHO_BYTES, true, false, List.of(), DEFAULT_PATIENCE_MS,
                CONFORMANCE_LIMIT_BYTES, finding -> { });
    }

    public CheckOptions withProgram(int number, int ofVersion) {
        return new CheckOptions(number, ofVersion, argumentProcedure, conformance, udp, only, patienceMs, messageLimitBytes,
                progress);
    }

    public CheckOptions withArgumentProcedure(int number) {
        return new CheckOptions(program, version, number, conformance, udp, only, patienceMs, messageLimitBytes, progress);
    }

    public CheckOptions withUdp(boolean datagrams) {
        return new CheckOptions(program, version, argumentProcedure, conformance, datagrams, only, patienceMs, messageLimitBytes,
                progress);
    }

    public CheckOptions withOnly(List<String> ids) {
        return new CheckOptions(program, version, argumentProcedure, conformance, udp, ids, patienceMs, messageLimitBytes,
                progress);
    }

    public CheckOptions withPatienceMs(int milliseconds) {
        return new CheckOptions(program, version, argumentProcedure, conformance, udp, only, milliseconds, messageLimitBytes,
                progress);
    }

    public CheckOptions withMessageLimitBytes(int bytes) {
        return new CheckOptions(program, version, argumentProcedure, conformance, udp, only, patienceMs, bytes, progress);
    }

    public CheckOptions withProgress(Consumer<Finding> listener) {
        return new CheckOptions(program, version, argumentProcedure, conformance, udp, only, patienceMs, messageLimitBytes,
                listener);
    }

    boolean asksFor(String id) {
        return only.isEmpty() || only.stream().anyMatch(glob -> id.matches(glob.replace(".", "\\.").replace("*", ".*")
                .replace("?", ".")));
    }
}
