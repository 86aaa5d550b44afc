package io.evpl.examples.doctor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DeviceChecksTest {
    @TempDir
    Path root;

    @Test
    void absentHardwareIsNoWarning() {
        Section section = new DeviceChecks(new FakeLinux(root).files()).section();
        assertTrue(section.findings().stream().allMatch(finding -> finding.mark() == Mark.INFO), section::toString);
    }

    @Test
    void softRoceIsOfferedOnAnInterfaceThatExists() {
        FakeLinux fake = new FakeLinux(root).put("/sys/class/net/lo/type", "772").put("/sys/class/net/ens5/type", "1");
        assertEquals("sudo rdma link add rxe0 type rxe netdev ens5", new DeviceChecks(fake.files()).rdma().fix());
    }

    @Test
    void rdmaDeviceIsShownWithItsPort() {
        Finding finding = new DeviceChecks(rdma().put("/dev/infiniband/uverbs0", "").files()).rdma();
        assertEquals(Mark.OK, finding.mark());
        assertEquals("mlx5_0 (ACTIVE, Ethernet)", finding.text());
    }

    @Test
    void rdmaDeviceWithoutUverbsIsAWarning() {
        assertEquals(Mark.WARN, new DeviceChecks(rdma().files()).rdma().mark());
    }

    @Test
    void nvmeControllerIsShownWithItsModel() {
        FakeLinux fake = new FakeLinux(root).put("/sys/class/nvme/nvme0/model", "Samsung 990   \n");
        assertEquals("nvme0 (Samsung 990)", new DeviceChecks(fake.files()).nvme().text());
    }

    @Test
    void vfioGroupsAreThoseWithNumbers() {
        FakeLinux fake = new FakeLinux(root).put("/dev/vfio/vfio", "").put("/dev/vfio/17", "");
        assertEquals("groups 17", new DeviceChecks(fake.files()).vfio().text());
    }

    @Test
    void kernelTlsIsOneWordOfTheList() {
        String ulp = "/proc/sys/net/ipv4/tcp_available_ulp";
        assertEquals(Mark.OK, new DeviceChecks(new FakeLinux(root).put(ulp, "espintcp mptcp tls\n").files()).kernelTls().mark());
        assertEquals(Mark.INFO, new DeviceChecks(new FakeLinux(root).put(ulp, "mptcp tlsish\n").files()).kernelTls().mark());
    }

    private FakeLinux rdma() {
        return new FakeLinux(root).put("/sys/class/infiniband/mlx5_0/ports/1/state", "4: ACTIVE\n")
                .put("/sys/class/infiniband/mlx5_0/ports/1/link_layer", "Ethernet\n");
    }
}
