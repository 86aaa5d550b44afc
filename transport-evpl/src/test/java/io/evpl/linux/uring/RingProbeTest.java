package io.evpl.linux.uring;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The probe on the running kernel, whichever it is. */
class RingProbeTest {
    /**
     * Kernels with fewer features are asked for fewer, and the transport is content with what it finds: a probe that
     * overlooks a feature would be noticed by nobody. With {@code -Devpl.require=all} this is a failure, otherwise, since
     * distributions and containers take things away, a test that did not run.
     */
    @Test
    void whatTheKernelsVersionPromisesIsFound() {
        RingProbe.Result found = RingProbe.run();
        List<String> missing = Stream.of(RingFeature.values())
                .filter(feature -> atLeast(feature.sinceKernel()) && !found.supported().contains(feature))
                .map(RingFeature::key).toList();
        String cause = found.refusal() == null ? "not in this Linux " + release() + ": " + missing : found.refusal();
        if (List.of(System.getProperty("evpl.require", "").split(",")).contains("all")) {
            assertEquals(List.of(), missing, cause);
        }
        assumeTrue(missing.isEmpty(), cause);
    }

    private static boolean atLeast(String wanted) {
        String[] is = release().split("[^0-9]+", 3);
        String[] since = wanted.split("\\.");
        int major = Integer.compare(Integer.parseInt(is[0]), Integer.parseInt(since[0]));
        return major > 0 || major == 0 && Integer.parseInt(is[1]) >= Integer.parseInt(since[1]);
    }

    private static String release() {
        return System.getProperty("os.version");
    }
}
