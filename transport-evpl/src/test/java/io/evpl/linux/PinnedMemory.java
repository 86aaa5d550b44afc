package io.evpl.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process that the kernel holds for devices and rings: {@code VmPin} of proc_pid_status(5). */
public final class PinnedMemory {
    private static final long DEADLINE_NS = 10_000_000_000L * Integer.getInteger("evpl.patience", 1);

    private PinnedMemory() {
    }

    public static long bytes() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            String line = lines.filter(each -> each.startsWith("VmPin:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it is so: kernels before 6.4 let go of a fixed buffer up to a second after it was taken away. */
    public static void await(long bytes) {
        long deadlineNs = System.nanoTime() + DEADLINE_NS;
        while (bytes() != bytes) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError(bytes() + " bytes are pinned, not " + bytes);
            }
            Thread.onSpinWait();
        }
    }
}
