package io.evpl.linux;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Evaluates C constant expressions against the system headers that a compiler finds. */
final class CProbe {
    private static final List<String> HEADERS = List.of("errno.h", "fcntl.h", "features.h", "poll.h", "stddef.h",
            "stdio.h", "time.h", "linux/io_uring.h", "linux/time_types.h", "linux/tls.h", "linux/version.h", "netinet/in.h",
            "netinet/tcp.h", "netinet/udp.h", "sys/epoll.h", "sys/eventfd.h", "sys/file.h", "sys/mman.h",
            "sys/socket.h", "sys/stat.h", "sys/syscall.h", "sys/timerfd.h", "sys/types.h", "sys/uio.h", "sys/un.h");

    /** How gcc and clang say that a header lacks a macro, an enumerator, a field or a struct. */
    private static final Pattern UNKNOWN = Pattern.compile(
            "probe\\.c:(\\d+):.*error:.*(undeclared|no member named|incomplete type).*");
    private static final Pattern ERROR = Pattern.compile("probe\\.c:(\\d+):.*error:.*");
    private static final Pattern DATA = Pattern.compile("\\s*\\.(quad|xword|dword|8byte)\\s+(-?\\d+)\\s*");
    private static final Pattern ZEROS = Pattern.compile("\\s*\\.(zero|space|skip)\\s+(\\d+)\\s*");

    private final Path compiler;

    private CProbe(Path compiler) {
        this.compiler = compiler;
    }

    /** @return a probe with the first of these compilers that is on the PATH */
    static Optional<CProbe> find(String... compilers) {
        for (String compiler : compilers) {
            for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
                Path path = Path.of(directory, compiler);
                if (Files.isExecutable(path)) {
                    return Optional.of(new CProbe(path));
                }
            }
        }
        return Optional.empty();
    }

    /** Runs the compiled program. @return values by expression; one that the headers do not know is absent */
    Map<String, Long> run(List<String> expressions) throws IOException, InterruptedException {
        return evaluate(expressions, directory -> {
            compile(directory, "-o", "probe");
            return Stream.of(execute(directory, directory.resolve("probe").toString()).split("\\s+"))
                    .map(Long::valueOf).toList();
        });
    }

    /** As {@link #run}, but reads the data section of the assembly, so that the CPU may be another. */
    Map<String, Long> fold(List<String> expressions) throws IOException, InterruptedException {
        return evaluate(expressions, directory -> {
            compile(directory, "-S", "-o", "probe.s");
            return values(Files.readAllLines(directory.resolve("probe.s")));
        });
    }

    String name() {
        return compiler.getFileName().toString();
    }

    private interface Evaluation {
        List<Long> values(Path directory) throws IOException, InterruptedException;
    }

    /** The headers lack these lines of probe.c. */
    private static final class UnknownLines extends IOException {
        private static final long serialVersionUID = 1;
        private final transient List<Integer> lines;

        UnknownLines(List<Integer> lines) {
            this.lines = lines;
        }
    }

    private Map<String, Long> evaluate(List<String> expressions, Evaluation evaluation)
            throws IOException, InterruptedException {
        List<String> known = new ArrayList<>(expressions);
        Path directory = Files.createTempDirectory("evpl-probe");
        try {
            while (true) {
                Files.writeString(directory.resolve("probe.c"), source(known));
                try {
                    return zip(known, evaluation.values(directory));
                } catch (UnknownLines unknown) {
                    // Each round drops at least one: a compiler reports an identifier once, though two rows may use it.
                    unknown.lines.stream().distinct().sorted(Comparator.reverseOrder())
                            .forEach(line -> known.remove(line - firstRow()));
                }
            }
        } finally {
            delete(directory);
        }
    }

    private static int firstRow() {
        return HEADERS.size() + 3;
    }

    /** One row a line, so that an error's line number names the row. */
    private static String source(List<String> expressions) {
        StringBuilder source = new StringBuilder("#define _GNU_SOURCE\n");
        HEADERS.forEach(header -> source.append("#include <").append(header).append(">\n"));
        source.append("const long long rows[] = {\n");
        expressions.forEach(expression -> source.append("(long long) (").append(expression).append("),\n"));
        return source.append("};\n").append("""
                int main(void) {
                    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) printf("%lld\\n", rows[i]);
                    return 0;
                }
                """).toString();
    }

    private void compile(Path directory, String... how) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(compiler.toString()));
        command.addAll(List.of(how));
        command.add("probe.c");
        try {
            execute(directory, command.toArray(String[]::new));
        } catch (IOException e) {
            List<Integer> unknown = lines(UNKNOWN, e.getMessage());
            if (unknown.isEmpty() || unknown.size() != lines(ERROR, e.getMessage()).size()) {
                throw e;
            }
            throw new UnknownLines(unknown);
        }
    }

    private static List<Integer> lines(Pattern pattern, String text) {
        return text.lines().map(pattern::matcher).filter(Matcher::matches).map(m -> Integer.valueOf(m.group(1))).toList();
    }

    private static String execute(Path directory, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ":\n" + output);
        }
        return output.strip();
    }

    private static List<Long> values(List<String> assembly) {
        List<Long> values = new ArrayList<>();
        for (String line : assembly.subList(assembly.indexOf("rows:") + 1, assembly.size())) {
            Matcher data = DATA.matcher(line);
            Matcher zeros = ZEROS.matcher(line);
            if (data.matches()) {
                values.add(Long.valueOf(data.group(2)));
            } else if (zeros.matches()) {
                for (int bytes = Integer.parseInt(zeros.group(2)); bytes > 0; bytes -= Long.BYTES) {
                    values.add(0L);
                }
            } else {
                break;
            }
        }
        return values;
    }

    private static Map<String, Long> zip(List<String> expressions, List<Long> values) {
        if (expressions.size() != values.size()) {
            throw new AssertionError(expressions.size() + " rows, " + values.size() + " values");
        }
        Map<String, Long> map = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            map.put(expressions.get(i), values.get(i));
        }
        return map;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
