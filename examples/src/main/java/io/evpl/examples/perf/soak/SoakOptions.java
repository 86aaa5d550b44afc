package io.evpl.examples.perf.soak;

import io.evpl.examples.BackendName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Option;

/** The part of perf's command line that is about soaking. */
public final class SoakOptions {
    public static final double DEFAULT_SECONDS = 60;
    /** A heap that does not grow, and is there from the start: what grows is something else. */
    static final List<String> FLAGS = List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=256m");

    @Option(names = "--soak",
            description = "Instead of measuring: all transports of evpl and TLS at once on two loops, every byte checked, memory flat after "
                    + "the first ten seconds, leaks looked for; for --seconds, default 60.")
    private boolean soak;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "--soak: the same sizes, endings and order of connections again. Default: "
            + "another each time; it is printed.")
    private Long seed;

    @Option(names = "--backend", paramLabel = "NAME", description = "--soak: io_uring or epoll. Default: what the loops choose here.")
    private BackendName backend;

    @Option(names = "--inject", hidden = true, paramLabel = "FAULT",
            description = "--soak: corruption, leak or growth, to see that it is found.")
    private String injection;

    public boolean asked() {
        return soak;
    }

    /** @throws IllegalArgumentException an option that is for a soak, and none was asked for */
    public void refuseWithoutSoak() {
        if (seed != null || backend != null || injection != null) {
            throw new IllegalArgumentException((seed != null ? "--seed" : backend != null ? "--backend" : "--inject")
                    + " means something with --soak only");
        }
    }

    /** Runs it in a JVM of its own. @return its exit code: 0 if all was well */
    public int run(double seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SoakMain.class.getName(), Double.toString(seconds),
                Long.toString(seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed),
                backend == null ? "auto" : backend.toString(), injection == null ? "none" : injection.toLowerCase(Locale.ROOT)));
        Process process = new ProcessBuilder(command).inheritIO().start();
        Thread killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            return process.waitFor();
        } finally {
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }
}
