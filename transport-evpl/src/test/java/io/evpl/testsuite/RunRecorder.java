package io.evpl.testsuite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Writes down which tests ran and which did not and why, one file for each JVM, for {@link SuiteVerdict} to read when
 * all of them have ended. Does nothing where {@value #DIRECTORY_PROPERTY} is not set, in an IDE for instance.
 */
public final class RunRecorder implements TestExecutionListener {
    static final String DIRECTORY_PROPERTY = "evpl.testsuite.records";
    static final String BACKEND_PROPERTY = "io.evpl.backend";

    /** One line of a record. {@code reason} is empty if the test ran. */
    record Outcome(String backend, String className, String methodName, String reason) {
        boolean ran() {
            return reason.isEmpty();
        }

        String simpleClassName() {
            return className.substring(className.lastIndexOf('.') + 1);
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        write(test, "skipped: " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        switch (result.getStatus()) {
            case ABORTED -> write(test, result.getThrowable().map(Throwable::getMessage).orElse("aborted, no message"));
            case SUCCESSFUL, FAILED -> {
                if (test.isTest()) {
                    write(test, "");
                }
            }
        }
    }

    private static void write(TestIdentifier test, String reason) {
        String directory = System.getProperty(DIRECTORY_PROPERTY);
        if (directory == null || test.getSource().isEmpty()) {
            return;
        }
        String line = String.join("\t", System.getProperty(BACKEND_PROPERTY, "default"), place(test.getSource().get()),
                reason.replaceAll("\\s+", " "));
        try {
            Path file = Files.createDirectories(Path.of(directory)).resolve(ProcessHandle.current().pid() + ".tsv");
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot record " + line, e);
        }
    }

    private static String place(TestSource source) {
        return switch (source) {
            case MethodSource method -> method.getClassName() + "\t" + method.getMethodName();
            case ClassSource type -> type.getClassName() + "\t*";
            default -> source + "\t*";
        };
    }

    /** @return what every JVM of this build wrote, in no order */
    static List<Outcome> read(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.flatMap(RunRecorder::lines).map(RunRecorder::parse).toList();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Outcome parse(String line) {
        String[] fields = line.split("\t", -1);
        return new Outcome(fields[0], fields[1], fields[2], fields[3]);
    }
}
