package io.evpl.examples.perf.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The parent's end: a forked JVM, the answers of its roles, and the last it said on stderr. Used by one thread. */
final class ChildJvm implements AutoCloseable {
    /** The same for every child. Serial GC: no collector threads to compete for the few cores a comparison has. */
    static final List<String> JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "-Xms256m", "-Xmx1g", "-XX:+UseSerialGC", "-XX:-UsePerfData");
    private static final int MAX_STDERR_LINES = 20;
    private static final long EXIT_GRACE_SECONDS = 2;
    private static final ControlLine END = ControlLine.of("end");

    private final String name;
    private final Process process;
    private final PrintStream orders;
    private final Map<Role, BlockingQueue<ControlLine>> answers = new EnumMap<>(Role.class);
    private final Deque<String> stderrTail = new ArrayDeque<>();
    private Thread stderrReader;

    private ChildJvm(String name, Process process) {
        this.name = name;
        this.process = process;
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        for (Role role : Role.values()) {
            answers.put(role, new LinkedBlockingQueue<>());
        }
    }

    static ChildJvm start(String name, Class<?> main, String classPath, List<String> flags, List<String> arguments) throws ChildFailure {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(JVM_FLAGS);
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(arguments);
        try {
            ChildJvm child = new ChildJvm(name, new ProcessBuilder(command).start());
            child.stderrReader = child.follow("stderr", child.process.errorReader(), child::complained, () -> { });
            child.follow("answers", child.process.inputReader(), child::answered,
                    () -> child.answers.values().forEach(queue -> queue.add(END)));
            return child;
        } catch (IOException e) {
            throw new ChildFailure(name + ": " + e.getMessage());
        }
    }

    private interface LineSink {
        void line(String line);
    }

    private Thread follow(String what, Reader from, LineSink sink, Runnable atEnd) {
        return Thread.ofPlatform().daemon().name(name + " " + what).start(() -> {
            try (BufferedReader lines = new BufferedReader(from)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    sink.line(line);
                }
            } catch (IOException e) {
                // Closed under us by close(): nobody waits for more.
            }
            atEnd.run();
        });
    }

    private void answered(String line) {
        answers.get(Role.of(line)).add(Role.line(line));
    }

    private void complained(String line) {
        synchronized (stderrTail) {
            if (stderrTail.size() == MAX_STDERR_LINES) {
                stderrTail.removeFirst();
            }
            stderrTail.addLast(line);
        }
    }

    void order(Role role, ControlLine line) {
        orders.println(role.address(line));
    }

    /** @return the next answer of this role, whatever its word */
    ControlLine answer(Role role, long timeoutMs) throws ChildFailure, InterruptedException {
        ControlLine answer = answers.get(role).poll(timeoutMs, TimeUnit.MILLISECONDS);
        if (answer == null) {
            throw new ChildFailure(name + " did not answer within " + timeoutMs + " ms");
        }
        if (answer == END) {
            answers.get(role).add(END);
            process.waitFor(EXIT_GRACE_SECONDS, TimeUnit.SECONDS);
            stderrReader.join(Duration.ofSeconds(EXIT_GRACE_SECONDS));
            throw new ChildFailure(name + " died" + (process.isAlive() ? "" : " with exit code " + process.exitValue()) + lastWords());
        }
        return answer;
    }

    /** @return the next answer of this role, which must be {@code word} */
    ControlLine answer(Role role, String word, long timeoutMs) throws ChildFailure, InterruptedException {
        ControlLine answer = answer(role, timeoutMs);
        if (!answer.word().equals(word)) {
            throw new ChildFailure(name + ": " + answer.fields().getOrDefault("reason", "unexpected answer '" + answer + "'"));
        }
        return answer;
    }

    /** The exception in the tail of stderr if there is one, else its last line: a JVM's last words are rarely its first. */
    private String lastWords() {
        synchronized (stderrTail) {
            for (String line : stderrTail) {
                if (line.startsWith("Exception in thread") || line.startsWith("Error:")) {
                    return ": " + line;
                }
            }
            return stderrTail.isEmpty() ? "" : ": " + stderrTail.getLast();
        }
    }

    /** Never leaves a process behind: end of input, then SIGTERM, then SIGKILL. */
    @Override
    public void close() {
        orders.close();
        try {
            if (!process.waitFor(EXIT_GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroy();
                if (!process.waitFor(EXIT_GRACE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor(EXIT_GRACE_SECONDS, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
