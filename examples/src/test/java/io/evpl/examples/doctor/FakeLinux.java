package io.evpl.examples.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A made-up {@code /proc} and {@code /sys}: only what a test puts there exists. */
record FakeLinux(Path root) {
    /** A plain unprivileged process. */
    static final String STATUS = """
            Name:\tjava
            Gid:\t1000\t1000\t1000\t1000
            Groups:\t27 1000\s
            CapEff:\t0000000000000000
            Seccomp:\t0
            Cpus_allowed_list:\t0-3
            """;
    static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units    \s
            Max open files            1024                 524288               files    \s
            Max locked memory         8388608              8388608              bytes    \s
            """;

    FakeLinux put(String path, String content) {
        Path file = root.resolve(path.substring(1));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    FakeLinux status(String key, String value) {
        return put("/proc/self/status", STATUS.replaceAll("(?m)^" + key + ":.*$", key + ":\t" + value));
    }

    LinuxFiles files() {
        return new LinuxFiles(root);
    }
}
