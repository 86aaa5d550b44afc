package io.evpl.examples.doctor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KernelChecksTest {
    private static final String DISABLED = "/proc/sys/kernel/io_uring_disabled";
    private static final String GROUP = "/proc/sys/kernel/io_uring_group";

    @TempDir
    Path root;

    @Test
    void ringForbiddenToAllIsAFailureWithTheSysctlToType() {
        Finding finding = checks(fake().put(DISABLED, "2\n"), Container.NONE, false).ringSwitch();
        assertEquals(Mark.FAIL, finding.mark());
        assertEquals("sudo sysctl -w kernel.io_uring_disabled=0", finding.fix());
    }

    @Test
    void inAContainerTheSysctlIsTheHosts() {
        Finding finding = checks(fake().put(DISABLED, "2\n"), Container.DOCKER, false).ringSwitch();
        assertEquals("on the host: sudo sysctl -w kernel.io_uring_disabled=0", finding.fix());
    }

    @Test
    void ringForOneGroupFailsOutsideIt() {
        Finding finding = checks(fake().put(DISABLED, "1").put(GROUP, "999"), Container.NONE, false).ringSwitch();
        assertEquals(Mark.FAIL, finding.mark());
        assertTrue(finding.text().contains("group 999"), finding.text());
    }

    @Test
    void ringForOneGroupIsFineInsideIt() {
        assertEquals(Mark.OK, checks(fake().put(DISABLED, "1").put(GROUP, "27"), Container.NONE, true).ringSwitch().mark());
    }

    @Test
    void ringForNoGroupIsFineForAnAdministrator() {
        FakeLinux fake = fake().put(DISABLED, "1").put(GROUP, "-1").status("CapEff", "000001ffffffffff");
        assertEquals(Mark.OK, checks(fake, Container.NONE, true).ringSwitch().mark());
    }

    @Test
    void seccompFilterIsToBlameWhereRingIsRefusedAndTheSysctlAllowsIt() {
        FakeLinux fake = fake().put(DISABLED, "0").status("Seccomp", "2");
        Finding finding = checks(fake, Container.DOCKER, false).seccomp();
        assertEquals(Mark.FAIL, finding.mark());
        assertTrue(finding.fix().startsWith("docker run --security-opt seccomp=unconfined"), finding.fix());
    }

    @Test
    void seccompFilterIsOnlySuspectedWhereTheSysctlForbidsRing() {
        FakeLinux fake = fake().put(DISABLED, "2").status("Seccomp", "2");
        assertEquals(Mark.WARN, checks(fake, Container.DOCKER, false).seccomp().mark());
    }

    @Test
    void seccompFilterThatLetsRingThroughIsFine() {
        FakeLinux fake = fake().put(DISABLED, "0").status("Seccomp", "2");
        assertEquals(Mark.OK, checks(fake, Container.DOCKER, true).seccomp().mark());
    }

    @ParameterizedTest
    @CsvSource({"6.1.0-18-amd64, OK", "6.18.44, OK", "7.0-rc1, OK", "6.0.12, WARN", "5.15.0-91-generic, WARN", "garbage, INFO"})
    void kernelIsJudgedByItsVersion(String release, Mark mark) {
        assertEquals(mark, checks(fake().put("/proc/sys/kernel/osrelease", release + "\n"), Container.NONE, true).version().mark());
    }

    @Test
    void withoutAnyFileNothingIsWorseThanUnknown() {
        Section section = checks(new FakeLinux(root), Container.NONE, true).section();
        assertTrue(section.findings().stream().allMatch(f -> f.mark() == Mark.INFO || f.mark() == Mark.OK), section::toString);
    }

    private FakeLinux fake() {
        return new FakeLinux(root).put("/proc/self/status", FakeLinux.STATUS);
    }

    private static KernelChecks checks(FakeLinux fake, Container container, boolean ringUsable) {
        return new KernelChecks(fake.files(), container, ringUsable);
    }
}
