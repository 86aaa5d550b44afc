package io.evpl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The descriptors of this process. */
final class OpenDescriptors {
    private static final Path FDS = Path.of("/proc/self/fd");

    private OpenDescriptors() {
    }

    static long count() {
        try (Stream<Path> fds = Files.list(FDS)) {
            return fds.filter(fd -> !target(fd).startsWith("/proc/")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String list() {
        try (Stream<Path> fds = Files.list(FDS)) {
            return fds.map(OpenDescriptors::target).collect(Collectors.groupingBy(one -> one.replaceAll("\\d+", "N"),
                    Collectors.counting())).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return "/proc/: closed meanwhile";
        }
    }
}
