package io.evpl.examples.perf.report;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * Where and when. A number without these is not a number.
 *
 * @param commit "unknown" outside a git checkout
 * @param loadAverage over the minute before the run: well above 0, someone else was at work
 */
public record Machine(String cpu, int cores, String kernel, String jdk, String commit, String date, String loadAverage) {
    private static final long GIT_TIMEOUT_SECONDS = 3;

    public static Machine here() {
        return new Machine(cpuModel(), Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vm.vendor") + " " + System.getProperty("java.runtime.version"),
                gitCommit(), OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString(), loadAverageNow());
    }

    private static String cpuModel() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst()
                    .orElse(System.getProperty("os.arch"));     // arm64 has no such line
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static String loadAverageNow() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String gitCommit() {
        try {
            // Of the checkout these classes were built in, wherever the user stands.
            Path built = Path.of(Machine.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getParent();
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12").directory(built.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            if (!git.waitFor(GIT_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                git.destroyForcibly();
                return "unknown";
            }
            String described = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.exitValue() == 0 && !described.isEmpty() ? described : "unknown";
        } catch (IOException | URISyntaxException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    public String sentence() {
        return cpu + ", " + cores + " cores, " + kernel + ", " + jdk;
    }
}
