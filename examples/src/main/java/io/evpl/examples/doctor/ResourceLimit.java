package io.evpl.examples.doctor;

import java.util.Optional;

/**
 * One row of {@code /proc/self/limits}.
 * @param soft what is in force, {@link #UNLIMITED} for none
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_limits.5.html">proc_pid_limits(5)</a>
 */
record ResourceLimit(long soft, long hard) {
    static final long UNLIMITED = Long.MAX_VALUE;

    /** @param row its name there: "Max locked memory", "Max open files" */
    static Optional<ResourceLimit> read(LinuxFiles files, String row) {
        return files.lines("/proc/self/limits").stream()
                .filter(line -> line.startsWith(row))
                .map(line -> line.substring(row.length()).strip().split("\\s+"))
                .filter(columns -> columns.length >= 2)
                .flatMap(columns -> of(columns[0], columns[1]).stream())
                .findFirst();
    }

    private static Optional<ResourceLimit> of(String soft, String hard) {
        return value(soft).flatMap(s -> value(hard).map(h -> new ResourceLimit(s, h)));
    }

    private static Optional<Long> value(String text) {
        return text.equals("unlimited") ? Optional.of(UNLIMITED) : LinuxFiles.parse(text);
    }
}
