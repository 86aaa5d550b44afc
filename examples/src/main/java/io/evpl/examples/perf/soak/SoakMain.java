package io.evpl.examples.perf.soak;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * The JVM of a soak: one whose heap does not grow. Arguments: seconds, seed, backend, injection,
 * and the links, which are all if none is named. Exit code 0 or 1.
 */
public final class SoakMain {
    private SoakMain() { }

    public static void main(String[] args) throws Exception {
        LeakWatch.install();
        SoakState.Injection injection = SoakState.Injection.valueOf(args[3].toUpperCase(Locale.ROOT));
        Set<String> links = Set.copyOf(Arrays.asList(args).subList(4, args.length));
        String fault = new Soak(injection, links, System.out).run(Double.parseDouble(args[0]), Long.parseLong(args[1]), args[2]);
        System.out.println(fault == null ? "soak passed" : "soak failed: " + fault);
        System.exit(fault == null ? 0 : 1);
    }
}
