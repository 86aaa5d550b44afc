package io.evpl.examples.doctor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * How many CPUs' worth of time the control group grants, version 2 or 1.
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files">cgroup-v2, cpu.max</a>
 * @see <a href="https://docs.kernel.org/scheduler/sched-bwc.html">CFS bandwidth control, cpu.cfs_quota_us</a>
 */
record CgroupCpuQuota(LinuxFiles files) {
    /** The tightest quota on the way from this process's group to the root; empty if there is none. */
    OptionalDouble cpus() {
        return files.lines("/proc/self/cgroup").stream()
                .map(line -> line.split(":", 3)) // hierarchy id, controllers, path
                .filter(parts -> parts.length == 3)
                .flatMap(parts -> quotas(parts[1], parts[2]))
                .mapToDouble(Double::doubleValue)
                .min();
    }

    private Stream<Double> quotas(String controllers, String path) {
        if (controllers.isEmpty()) {
            return ancestors("/sys/fs/cgroup", path).flatMap(this::readV2);
        }
        boolean cpu = Arrays.asList(controllers.split(",")).contains("cpu");
        return cpu ? ancestors("/sys/fs/cgroup/" + controllers, path).flatMap(this::readV1) : Stream.empty();
    }

    /**
     * The group's folder and all above it. Inside a container the path may be the host's, which is not mounted there:
     * then only the mount's root is found, and that is the container's own group.
     */
    private static Stream<String> ancestors(String mount, String path) {
        Path group = Path.of("/").resolve(path).normalize();
        return Stream.iterate(group, folder -> folder != null, Path::getParent)
                .map(folder -> mount + (folder.equals(Path.of("/")) ? "" : folder));
    }

    private Stream<Double> readV2(String folder) {
        String[] words = files.firstLine(folder + "/cpu.max").orElse("").split("\\s+");
        return words.length == 2 ? ratio(words[0], words[1]) : Stream.empty();
    }

    private Stream<Double> readV1(String folder) {
        String quota = files.firstLine(folder + "/cpu.cfs_quota_us").orElse("");
        String period = files.firstLine(folder + "/cpu.cfs_period_us").orElse("");
        return ratio(quota, period);
    }

    /** "max" (v2) and -1 (v1) mean no quota. */
    private static Stream<Double> ratio(String quotaUs, String periodUs) {
        long quota = LinuxFiles.parse(quotaUs).orElse(-1L);
        long period = LinuxFiles.parse(periodUs).orElse(-1L);
        return quota > 0 && period > 0 ? Stream.of((double) quota / period) : Stream.empty();
    }
}
