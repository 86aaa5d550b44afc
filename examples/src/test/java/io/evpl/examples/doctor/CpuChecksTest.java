package io.evpl.examples.doctor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.OptionalDouble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CpuChecksTest {
    @TempDir
    Path root;

    @Test
    void quotaBelowTheCpusIsAWarningThatSaysHowManyLoopsFit() {
        FakeLinux fake = fake().put("/proc/self/cgroup", "0::/\n").put("/sys/fs/cgroup/cpu.max", "150000 100000\n");
        Finding finding = new CpuChecks(fake.files()).quota();
        assertEquals(Mark.WARN, finding.mark());
        assertTrue(finding.text().startsWith("1.50 of 4 CPUs"), finding.text());
        assertTrue(finding.fix().startsWith("start 1 loop "), finding.fix());
    }

    @Test
    void noQuotaIsFine() {
        FakeLinux fake = fake().put("/proc/self/cgroup", "0::/\n").put("/sys/fs/cgroup/cpu.max", "max 100000\n");
        assertEquals(Mark.OK, new CpuChecks(fake.files()).quota().mark());
    }

    @Test
    void quotaOfTheTightestAncestorCounts() {
        FakeLinux fake = fake().put("/proc/self/cgroup", "0::/kube/pod/app\n")
                .put("/sys/fs/cgroup/kube/pod/app/cpu.max", "max 100000\n")
                .put("/sys/fs/cgroup/kube/pod/cpu.max", "50000 100000\n")
                .put("/sys/fs/cgroup/kube/cpu.max", "300000 100000\n");
        assertEquals(OptionalDouble.of(0.5), new CgroupCpuQuota(fake.files()).cpus());
    }

    @Test
    void quotaOfVersionOneIsFoundThoughThePathIsTheHosts() {
        FakeLinux fake = fake().put("/proc/self/cgroup", "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n")
                .put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000\n")
                .put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
        assertEquals(OptionalDouble.of(2), new CgroupCpuQuota(fake.files()).cpus());
    }

    @Test
    void noQuotaInVersionOneIsMinusOne() {
        FakeLinux fake = fake().put("/proc/self/cgroup", "1:cpu:/\n")
                .put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n").put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
        assertEquals(OptionalDouble.empty(), new CgroupCpuQuota(fake.files()).cpus());
    }

    @Test
    void malformedQuotaIsNoQuota() {
        FakeLinux fake = fake().put("/proc/self/cgroup", "nonsense\n0::/../..\n").put("/sys/fs/cgroup/cpu.max", "lots");
        assertEquals(OptionalDouble.empty(), new CgroupCpuQuota(fake.files()).cpus());
    }

    @Test
    void affinityToSomeOfTheCpusIsTold() {
        Finding finding = new CpuChecks(fake().status("Cpus_allowed_list", "1,3").files()).allowed();
        assertTrue(finding.text().startsWith("2 of 4: 1,3"), finding.text());
    }

    @Test
    void nodesAreCounted() {
        FakeLinux fake = fake().put("/sys/devices/system/node/online", "0-1\n");
        assertEquals("2 nodes: 0-1", new CpuChecks(fake.files()).numa().text());
    }

    @ParameterizedTest
    @CsvSource({"'0', 1", "'0-3', 4", "'0-3,8,10-11', 7", "'', 0", "'x-y', 0", "'3-1', 0"})
    void cpuListsAreCounted(String list, int count) {
        assertEquals(count, CpuList.count(list));
    }

    private FakeLinux fake() {
        return new FakeLinux(root).put("/proc/self/status", FakeLinux.STATUS).put("/sys/devices/system/cpu/online", "0-3\n");
    }
}
