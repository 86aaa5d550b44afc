package io.evpl.examples.doctor;

import java.util.List;
import java.util.stream.Collectors;

/** Hardware and kernel parts that only some programs need: never a warning where they are simply not there. */
record DeviceChecks(LinuxFiles files) {
    private static final String RDMA = "/sys/class/infiniband";
    private static final String NVME = "/sys/class/nvme";

    Section section() {
        return new Section("Devices", List.of(rdma(), nvme(), vfio(), kernelTls()));
    }

    Finding rdma() {
        List<String> devices = files.names(RDMA);
        if (devices.isEmpty()) {
            String netdev = files.names("/sys/class/net").stream()
                    .filter(name -> !name.equals("lo")).findFirst().orElse("eth0");
            return Finding.info("RDMA", "none; needed only for RDMA channels, for which Soft-RoCE will do",
                    "sudo rdma link add rxe0 type rxe netdev " + netdev);
        }
        String list = devices.stream().map(this::withPortState).collect(Collectors.joining(", "));
        boolean reachable = files.names("/dev/infiniband").stream().anyMatch(name -> name.startsWith("uverbs"));
        return reachable ? Finding.ok("RDMA", list)
                : Finding.warn("RDMA", list + "; but no /dev/infiniband/uverbs*, so programs cannot reach it",
                        "sudo modprobe ib_uverbs");
    }

    private String withPortState(String device) {
        // "4: ACTIVE"; the number is enum ib_port_state
        String port = RDMA + "/" + device + "/ports/1";
        String state = files.firstLine(port + "/state").map(text -> text.replaceFirst("^\\d+:\\s*", "")).orElse("no port");
        String link = files.firstLine(port + "/link_layer").map(text -> ", " + text).orElse("");
        return device + " (" + state + link + ")";
    }

    Finding nvme() {
        List<String> controllers = files.names(NVME);
        if (controllers.isEmpty()) {
            return Finding.info("NVMe", "none; needed only for NVMe from user space");
        }
        return Finding.ok("NVMe", controllers.stream()
                .map(name -> name + model(name)).collect(Collectors.joining(", ")));
    }

    private String model(String controller) {
        return files.firstLine(NVME + "/" + controller + "/model").map(model -> " (" + model + ")").orElse("");
    }

    /** @see <a href="https://docs.kernel.org/driver-api/vfio.html">VFIO</a> */
    Finding vfio() {
        List<String> groups = files.names("/dev/vfio").stream().filter(name -> name.matches("\\d+")).toList();
        if (!groups.isEmpty()) {
            return Finding.ok("VFIO", "groups " + String.join(", ", groups));
        }
        int iommuGroups = files.names("/sys/kernel/iommu_groups").size();
        return iommuGroups == 0
                ? Finding.info("VFIO", "none; needed only for NVMe from user space, and wants an IOMMU",
                        "switch it on in the firmware, and boot with intel_iommu=on (Intel; AMD needs nothing)")
                : Finding.info("VFIO", "no group of " + iommuGroups + " is bound; needed only for NVMe from user space",
                        "sudo modprobe vfio-pci");
    }

    /** @see <a href="https://docs.kernel.org/networking/tls.html">Kernel TLS</a> */
    Finding kernelTls() {
        boolean loaded = files.firstLine("/proc/sys/net/ipv4/tcp_available_ulp").stream()
                .anyMatch(list -> List.of(list.split("\\s+")).contains("tls"));
        return loaded ? Finding.ok("kTLS", "available")
                : Finding.info("kTLS", "not loaded; needed only for TLS in the kernel", "sudo modprobe tls");
    }
}
