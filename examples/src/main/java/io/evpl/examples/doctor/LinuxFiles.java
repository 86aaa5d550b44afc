package io.evpl.examples.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code /proc} and {@code /sys}, or a test's made-up tree. A missing or refused file is empty, no exception. */
record LinuxFiles(Path root) {
    static LinuxFiles ofThisMachine() {
        return new LinuxFiles(Path.of("/"));
    }

    /** @param path absolute, as on the real machine */
    Path at(String path) {
        return root.resolve(path.substring(1));
    }

    boolean exists(String path) {
        return Files.exists(at(path));
    }

    /** Latin-1, for it takes any byte: a process or a device can be named with bytes that are not UTF-8. */
    List<String> lines(String path) {
        try {
            return Files.readAllLines(at(path), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }

    Optional<String> firstLine(String path) {
        return lines(path).stream().findFirst().map(String::strip).filter(line -> !line.isEmpty());
    }

    Optional<Long> number(String path) {
        return firstLine(path).flatMap(LinuxFiles::parse);
    }

    /** The value of the first {@code key: value}, as in {@code /proc/self/status}, {@code meminfo} and {@code cpuinfo}. */
    Optional<String> field(String path, String key) {
        return lines(path).stream()
                .map(line -> line.split(":", 2))
                .filter(pair -> pair.length == 2 && pair[0].strip().equals(key))
                .map(pair -> pair[1].strip())
                .findFirst();
    }

    /** Names in a folder, sorted. */
    List<String> names(String folder) {
        try (Stream<Path> children = Files.list(at(folder))) {
            return children.map(child -> child.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    static Optional<Long> parse(String text) {
        try {
            return Optional.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
