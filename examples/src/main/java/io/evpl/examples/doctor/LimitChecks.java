package io.evpl.examples.doctor;

import java.util.List;
import java.util.Optional;

/** The limits a server meets first. {@code prlimit} in a fix mends the shell it is typed in, and what that starts. */
record LimitChecks(LinuxFiles files, Container container) {
    /** The kernel's own default since Linux 5.16: MLOCK_LIMIT, uapi/linux/resource.h. */
    static final long WANTED_MEMLOCK_BYTES = 8L << 20;
    /** One descriptor a connection; ten thousand is where servers begin to be called busy. */
    static final long WANTED_OPEN_FILES = 10_000;
    private static final long SUGGESTED_OPEN_FILES = 1_048_576; // fs.nr_open's default: a limit above it is refused
    private static final long WANTED_BACKLOG = 4096; // SOMAXCONN's default since Linux 5.4

    Section section() {
        return new Section("Limits", List.of(lockedMemory(), openFiles(), listenBacklog()));
    }

    /** Pages of zero-copy sends and registered buffers count here, without CAP_IPC_LOCK: io_uring_register(2). */
    Finding lockedMemory() {
        Optional<ResourceLimit> limit = ResourceLimit.read(files, "Max locked memory");
        if (limit.isEmpty()) {
            return Finding.info("memlock", "unknown: /proc/self/limits cannot be read");
        }
        long bytes = limit.get().soft();
        if (new ProcessStatus(files).hasCapability(ProcessStatus.CAP_IPC_LOCK)) {
            return Finding.ok("memlock", inBytes(bytes) + ", and CAP_IPC_LOCK lifts it");
        }
        if (bytes >= WANTED_MEMLOCK_BYTES) {
            return Finding.ok("memlock", inBytes(bytes) + " for zero-copy sends and registered memory");
        }
        return Finding.warn("memlock", inBytes(bytes) + ", wanted " + inBytes(WANTED_MEMLOCK_BYTES)
                        + ": zero-copy sends beyond it fall back to copying, registered memory fails",
                raise("memlock", WANTED_MEMLOCK_BYTES, "LimitMEMLOCK=8M"));
    }

    /** The JVM raises the soft limit to the hard one by itself (-XX:+MaxFDLimit), so the hard one counts. */
    Finding openFiles() {
        Optional<ResourceLimit> limit = ResourceLimit.read(files, "Max open files");
        if (limit.isEmpty()) {
            return Finding.info("nofile", "unknown: /proc/self/limits cannot be read");
        }
        long hard = limit.get().hard();
        String text = inUnits(hard) + " descriptors, one for each connection";
        return hard >= WANTED_OPEN_FILES ? Finding.ok("nofile", text)
                : Finding.warn("nofile", text,
                        raise("nofile", SUGGESTED_OPEN_FILES, "LimitNOFILE=" + SUGGESTED_OPEN_FILES));
    }

    /** listen(2): a larger backlog is silently cut to this. */
    Finding listenBacklog() {
        Optional<Long> backlog = files.number("/proc/sys/net/core/somaxconn");
        if (backlog.isEmpty()) {
            return Finding.info("somaxconn", "unknown: /proc/sys/net/core/somaxconn cannot be read");
        }
        String text = backlog.get() + " connections may wait for accept";
        return backlog.get() >= WANTED_BACKLOG ? Finding.ok("somaxconn", text)
                : Finding.warn("somaxconn", text + "; a burst beyond that is dropped",
                        "sudo sysctl -w net.core.somaxconn=" + WANTED_BACKLOG);
    }

    private String raise(String resource, long value, String systemd) {
        return switch (container) {
            case DOCKER -> "docker run --ulimit " + resource + "=" + value + " ...";
            case PODMAN -> "podman run --ulimit " + resource + "=" + value + " ...";
            case NONE, KUBERNETES, OTHER -> "sudo prlimit --pid $$ --" + resource + "=" + value + ":" + value
                    + "   (a systemd unit: " + systemd + ")";
        };
    }

    private static String inUnits(long count) {
        return count == ResourceLimit.UNLIMITED ? "unlimited" : Long.toString(count);
    }

    private static String inBytes(long bytes) {
        return bytes == ResourceLimit.UNLIMITED ? "unlimited"
                : bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
    }
}
