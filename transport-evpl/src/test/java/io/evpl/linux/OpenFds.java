package io.evpl.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** The descriptors that this process has open, to prove that a failed call leaves none behind. */
public final class OpenFds {
    private static final Path FDS = Path.of("/proc/self/fd");

    private OpenFds() {
    }

    /** @return number and target of each, without the one that reading the directory takes */
    public static Set<String> now() throws IOException {
        Set<String> open = new TreeSet<>();
        try (var files = Files.newDirectoryStream(FDS)) {
            for (Path fd : files) {
                String target = target(fd);
                if (!target.startsWith("/proc/")) {
                    open.add(fd.getFileName() + " -> " + target);
                }
            }
        }
        return open;
    }

    /** How many there are. */
    public static long count() {
        return list().size();
    }

    /** As {@link #now()}, for messages and lambdas. */
    public static Set<String> list() {
        try {
            return now();
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
