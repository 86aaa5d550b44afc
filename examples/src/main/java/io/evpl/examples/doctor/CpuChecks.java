package io.evpl.examples.doctor;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What the loops can run on: one busy loop wants one CPU of its own. */
record CpuChecks(LinuxFiles files) {
    Section section() {
        return new Section("CPU", List.of(model(), allowed(), quota(), numa()));
    }

    Finding model() {
        String model = files.field("/proc/cpuinfo", "model name") // x86; arm64 has part numbers only there
                .or(() -> files.firstLine("/proc/device-tree/model")) // most arm64 boards
                .orElse("unknown model");
        return Finding.info("model", model + ", " + online() + " online");
    }

    Finding allowed() {
        int online = online();
        String list = new ProcessStatus(files).allowedCpus().orElse("");
        int allowed = CpuList.count(list);
        if (allowed == 0 || allowed >= online) {
            return Finding.ok("affinity", "all CPUs");
        }
        return Finding.info("affinity", allowed + " of " + online + ": " + list, "taskset -pc 0-" + (online - 1) + " $$");
    }

    /** A group that has used up its quota is halted until the period (100 ms) is over: spinning gets there sooner. */
    Finding quota() {
        OptionalDouble quota = new CgroupCpuQuota(files).cpus();
        int allowed = usable();
        if (quota.isEmpty() || quota.getAsDouble() >= allowed) {
            return Finding.ok("cgroup quota", "none below the " + allowed + " CPUs");
        }
        long wholeLoops = Math.max(1, (long) quota.getAsDouble());
        String cpus = String.format(Locale.ROOT, "%.2f of %d CPUs", quota.getAsDouble(), allowed);
        return Finding.warn("cgroup quota", cpus + "; more busy loops than that are halted for the rest of each period",
                "start " + wholeLoops + " loop" + (wholeLoops == 1 ? "" : "s")
                        + " (new EvplEventLoopGroup(" + wholeLoops + ")), or raise the quota: docker run --cpus=" + allowed);
    }

    Finding numa() {
        String list = files.firstLine("/sys/devices/system/node/online").orElse("0");
        int nodes = Math.max(1, CpuList.count(list));
        return Finding.info("NUMA", nodes == 1 ? "one node" : nodes + " nodes: " + list);
    }

    private int online() {
        return files.firstLine("/sys/devices/system/cpu/online").map(CpuList::count).filter(count -> count > 0)
                .orElseGet(() -> Runtime.getRuntime().availableProcessors());
    }

    private int usable() {
        int allowed = CpuList.count(new ProcessStatus(files).allowedCpus().orElse(""));
        return allowed == 0 ? online() : Math.min(allowed, online());
    }
}
