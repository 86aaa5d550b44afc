package io.evpl;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a JVM of its own, on the same backend; its exit status must be 0. */
final class ChildJvm {
    /** Times {@code -Devpl.patience}, which machines have that are slower than others. */
    private static final long DEADLINE_SECONDS = 50L * Integer.getInteger("evpl.patience", 1);

    private ChildJvm() {
    }

    /** @return what it printed */
    static String run(Class<?> main, String... jvmArguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx512m",
                "-Dio.netty.leakDetection.level=disabled",
                "-Dio.evpl.backend=" + System.getProperty("io.evpl.backend", "auto")));
        command.addAll(List.of(jvmArguments));
        command.add(main.getName());
        File output = File.createTempFile("child", ".log");
        try {
            Process child = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
            boolean ended = child.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                child.destroyForcibly().waitFor();
            }
            String printed = Files.readString(output.toPath(), StandardCharsets.UTF_8);
            if (!ended || child.exitValue() != 0) {
                throw new AssertionError((ended ? "exit status " + child.exitValue() : "it did not end") + ":\n" + printed);
            }
            return printed;
        } finally {
            Files.delete(output.toPath());
        }
    }
}
