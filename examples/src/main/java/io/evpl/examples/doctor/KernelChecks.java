package io.evpl.examples.doctor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel, and whatever may stand between a program and its io_uring. */
record KernelChecks(LinuxFiles files, Container container, boolean ringUsable) {
    private static final Pattern MAJOR_MINOR = Pattern.compile("(\\d+)\\.(\\d+).*");
    // DEFER_TASKRUN, on which the loop's batching rests, came with 6.1: io_uring_setup(2).
    private static final int WANTED_MAJOR = 6;
    private static final int WANTED_MINOR = 1;
    private static final String DISABLED = "/proc/sys/kernel/io_uring_disabled";
    private static final String GROUP = "/proc/sys/kernel/io_uring_group";
    private static final int SECCOMP_STRICT = 1;
    private static final int SECCOMP_FILTER = 2;

    Section section() {
        return new Section("Kernel", List.of(version(), ringSwitch(), seccomp(), containerHint()));
    }

    Finding version() {
        String release = files.firstLine("/proc/sys/kernel/osrelease").orElse("");
        Matcher version = MAJOR_MINOR.matcher(release);
        if (!version.matches()) {
            return Finding.info("version", "unknown: /proc/sys/kernel/osrelease cannot be read");
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        boolean enough = major > WANTED_MAJOR || major == WANTED_MAJOR && minor >= WANTED_MINOR;
        String text = "Linux " + release;
        return enough ? Finding.ok("version", text)
                : Finding.warn("version", text + "; the fast path of io_uring needs 6.1", "run Linux 6.1 or newer");
    }

    /** @see <a href="https://docs.kernel.org/admin-guide/sysctl/kernel.html#io-uring-disabled">the sysctl</a> */
    Finding ringSwitch() {
        Optional<Long> value = files.number(DISABLED);
        if (value.isEmpty()) {
            return Finding.info("io_uring_disabled", "this kernel has no such switch (Linux 6.6 brought it)");
        }
        return switch (value.get().intValue()) {
            case 0 -> Finding.ok("io_uring_disabled", "0: everybody may use io_uring");
            case 1 -> restricted(files.number(GROUP).orElse(-1L));
            default -> Finding.fail("io_uring_disabled", value.get() + ": nobody may use io_uring",
                    container.sysctl("kernel.io_uring_disabled=0"));
        };
    }

    private Finding restricted(long group) {
        ProcessStatus self = new ProcessStatus(files);
        if (self.hasCapability(ProcessStatus.CAP_SYS_ADMIN)) {
            return Finding.ok("io_uring_disabled", "1: for CAP_SYS_ADMIN only, which this process has");
        }
        if (group >= 0 && self.isInGroup(group)) {
            return Finding.ok("io_uring_disabled",
                    "1: for group " + group + " (kernel.io_uring_group), which this process is in");
        }
        return Finding.fail("io_uring_disabled",
                "1: for CAP_SYS_ADMIN and group " + group + " (kernel.io_uring_group), and this process has neither",
                container.sysctl("kernel.io_uring_group=$(id -g)"));
    }

    Finding seccomp() {
        int mode = new ProcessStatus(files).seccompMode().orElse(0);
        return switch (mode) {
            case SECCOMP_STRICT -> Finding.fail("seccomp", "strict: nothing but read, write and exit",
                    "start it without PR_SET_SECCOMP");
            case SECCOMP_FILTER -> filtered();
            default -> Finding.ok("seccomp", "no filter");
        };
    }

    private Finding filtered() {
        if (ringUsable) {
            return Finding.ok("seccomp", "a filter is on and lets io_uring through");
        }
        // A ring that the sysctl forbids tells nothing about the filter.
        return ringSwitch().mark() == Mark.FAIL
                ? Finding.warn("seccomp", "a filter is on; it may refuse io_uring as well", container.seccompFix())
                : Finding.fail("seccomp", "a filter is on, and it is most likely what refuses io_uring",
                        container.seccompFix());
    }

    Finding containerHint() {
        return container == Container.NONE ? Finding.info("container", "none seen")
                : Finding.info("container", container.name().toLowerCase(Locale.ROOT)
                        + "; limits and sysctls below may be the container's or the host's");
    }
}
