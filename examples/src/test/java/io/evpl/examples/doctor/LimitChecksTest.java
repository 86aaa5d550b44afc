package io.evpl.examples.doctor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LimitChecksTest {
    @TempDir
    Path root;

    @Test
    void kernelsDefaultsAreFine() {
        Section section = checks(fake().put("/proc/sys/net/core/somaxconn", "4096\n"), Container.NONE).section();
        assertTrue(section.findings().stream().allMatch(finding -> finding.mark() == Mark.OK), section::toString);
    }

    @Test
    void lowMemlockIsAWarningWithTheCommandThatRaisesIt() {
        Finding finding = checks(memlock("65536"), Container.NONE).lockedMemory();
        assertEquals(Mark.WARN, finding.mark());
        assertTrue(finding.text().startsWith("64 KiB, wanted 8 MiB"), finding.text());
        assertTrue(finding.fix().startsWith("sudo prlimit --pid $$ --memlock=8388608:8388608"), finding.fix());
    }

    @Test
    void lowMemlockInDockerIsRaisedByDocker() {
        assertEquals("docker run --ulimit memlock=8388608 ...", checks(memlock("65536"), Container.DOCKER).lockedMemory().fix());
    }

    @Test
    void lowMemlockDoesNotMatterWithIpcLock() {
        FakeLinux fake = memlock("65536").status("CapEff", "0000000000004000");
        assertEquals(Mark.OK, checks(fake, Container.NONE).lockedMemory().mark());
    }

    @Test
    void unlimitedMemlockIsFine() {
        Finding finding = checks(memlock("unlimited"), Container.NONE).lockedMemory();
        assertEquals(Mark.OK, finding.mark());
        assertTrue(finding.text().startsWith("unlimited"), finding.text());
    }

    @Test
    void openFilesAreJudgedByTheHardLimitBecauseTheJvmRaisesTheSoftOne() {
        assertEquals(Mark.OK, checks(fake(), Container.NONE).openFiles().mark());
        FakeLinux low = fake().put("/proc/self/limits", FakeLinux.LIMITS.replace("524288", "4096  "));
        assertEquals(Mark.WARN, checks(low, Container.NONE).openFiles().mark());
    }

    @Test
    void shortListenQueueIsAWarning() {
        Finding finding = checks(fake().put("/proc/sys/net/core/somaxconn", "128\n"), Container.NONE).listenBacklog();
        assertEquals(Mark.WARN, finding.mark());
        assertEquals("sudo sysctl -w net.core.somaxconn=4096", finding.fix());
    }

    @Test
    void missingFilesAreUnknownNotBad() {
        Section section = checks(new FakeLinux(root), Container.NONE).section();
        assertTrue(section.findings().stream().allMatch(finding -> finding.mark() == Mark.INFO), section::toString);
    }

    private FakeLinux fake() {
        return new FakeLinux(root).put("/proc/self/status", FakeLinux.STATUS).put("/proc/self/limits", FakeLinux.LIMITS);
    }

    private FakeLinux memlock(String bytes) {
        return fake().put("/proc/self/limits", FakeLinux.LIMITS.replace("8388608", bytes));
    }

    private static LimitChecks checks(FakeLinux fake, Container container) {
        return new LimitChecks(fake.files(), container);
    }
}
