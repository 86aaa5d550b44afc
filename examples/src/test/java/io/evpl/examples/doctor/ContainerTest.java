package io.evpl.examples.doctor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ContainerTest {
    @TempDir
    Path root;

    @Test
    void emptyMachineIsNoContainer() {
        assertEquals(Container.NONE, Container.detect(new FakeLinux(root).files()));
    }

    @ParameterizedTest
    @CsvSource({
        "/.dockerenv, '', DOCKER",
        "/run/.containerenv, '', PODMAN",
        "/run/systemd/container, lxc, OTHER",
        "/proc/1/cgroup, 0::/system.slice/docker-1234.scope, DOCKER",
        "/proc/1/cgroup, 0::/kubepods/pod1/cri-containerd-5, KUBERNETES",
        "/var/run/secrets/kubernetes.io/serviceaccount/token, x, KUBERNETES",
        "/proc/1/cgroup, 0::/init.scope, NONE",
    })
    void kindIsGuessedFromWhatItLeavesBehind(String path, String content, Container kind) {
        assertEquals(kind, Container.detect(new FakeLinux(root).put(path, content).files()));
    }
}
