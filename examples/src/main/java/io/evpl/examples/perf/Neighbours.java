package io.evpl.examples.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of the whole machine, to tell what others took while a window was open. */
final class Neighbours {
    /** USER_HZ: 100 on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER = 1;
    private static final int NICE = 2;
    private static final int SYSTEM = 3;
    private static final int STEAL = 8;

    private Neighbours() { }

    /**
     * Seconds all processes ran and the hypervisor took since boot; NaN if unknown. Without interrupts, which on loopback are our own work.
     *
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_stat.5.html">proc_stat(5)</a>
     */
    static double busySeconds() {
        try {
            String[] ticks = Files.readString(Path.of("/proc/stat")).lines().findFirst().orElseThrow().split(" +");
            return (Long.parseLong(ticks[USER]) + Long.parseLong(ticks[NICE]) + Long.parseLong(ticks[SYSTEM]) + Long.parseLong(ticks[STEAL]))
                    / TICKS_PER_SECOND;
        } catch (IOException | RuntimeException e) {
            return Double.NaN;
        }
    }
}
