package io.evpl.examples.doctor;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the kernel lets this process do.
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_status.5.html">proc_pid_status(5)</a>
 */
record ProcessStatus(LinuxFiles files) {
    private static final String PATH = "/proc/self/status";

    // Bit numbers in CapEff: linux/capability.h
    static final int CAP_IPC_LOCK = 14;
    static final int CAP_SYS_ADMIN = 21;

    /** 0 none, 1 strict, 2 filter; empty where the kernel has no seccomp. */
    Optional<Integer> seccompMode() {
        return files.field(PATH, "Seccomp").flatMap(LinuxFiles::parse).map(Long::intValue);
    }

    boolean hasCapability(int bit) {
        return files.field(PATH, "CapEff").map(hex -> isSet(hex, bit)).orElse(false);
    }

    /** Effective group or one of the supplementary ones. */
    boolean isInGroup(long gid) {
        Stream<String> effective = files.field(PATH, "Gid").stream().map(ids -> ids.split("\\s+"))
                .filter(ids -> ids.length >= 2).map(ids -> ids[1]); // real, effective, saved, file system
        Stream<String> supplementary = files.field(PATH, "Groups").stream()
                .flatMap(ids -> Arrays.stream(ids.split("\\s+")));
        return Stream.concat(effective, supplementary).anyMatch(id -> id.equals(Long.toString(gid)));
    }

    /** For example "0-3,8". */
    Optional<String> allowedCpus() {
        return files.field(PATH, "Cpus_allowed_list").filter(list -> !list.isEmpty());
    }

    private static boolean isSet(String hex, int bit) {
        try {
            return (Long.parseUnsignedLong(hex, 16) >>> bit & 1) == 1;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
