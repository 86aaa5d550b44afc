package io.evpl.examples.doctor;

import java.util.Optional;
import java.util.stream.Stream;

/** Which kind of container this is, guessed from what each leaves lying about. */
enum Container {
    NONE, KUBERNETES, DOCKER, PODMAN, OTHER;

    private static final String NARROWER =
            "   (safer: a profile that adds io_uring_setup, io_uring_enter, io_uring_register)";

    static Container detect(LinuxFiles files) {
        if (files.exists("/var/run/secrets/kubernetes.io") || initCgroupHas(files, "kubepods")) {
            return KUBERNETES;
        }
        if (files.exists("/.dockerenv") || initCgroupHas(files, "docker")) {
            return DOCKER;
        }
        if (files.exists("/run/.containerenv") || initCgroupHas(files, "libpod")) {
            return PODMAN;
        }
        // systemd writes it for whatever manager told it so: lxc, systemd-nspawn, ...
        Optional<String> told = files.firstLine("/run/systemd/container");
        return told.isPresent() || initCgroupHas(files, "lxc", "containerd") ? OTHER : NONE;
    }

    private static boolean initCgroupHas(LinuxFiles files, String... words) {
        return files.lines("/proc/1/cgroup").stream().anyMatch(line -> Stream.of(words).anyMatch(line::contains));
    }

    /** What lets io_uring through the seccomp filter that such a container starts with. */
    String seccompFix() {
        return switch (this) {
            case DOCKER -> "docker run --security-opt seccomp=unconfined ..." + NARROWER;
            case PODMAN -> "podman run --security-opt seccomp=unconfined ..." + NARROWER;
            case KUBERNETES -> "in the pod: securityContext: {seccompProfile: {type: Unconfined}}" + NARROWER;
            case OTHER, NONE -> "in a systemd unit: SystemCallFilter=@io-uring; else a profile that allows"
                    + " io_uring_setup, io_uring_enter and io_uring_register";
        };
    }

    /** Kernel settings are the host's: a container can read but not write them. */
    String sysctl(String setting) {
        return (this == NONE ? "" : "on the host: ") + "sudo sysctl -w " + setting;
    }
}
