package io.evpl.examples.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CpuPinTest {
    @Test
    void onlyTheCallingThreadIsPinned() {
        int last = CpuPin.allowedCpus().getLast();
        List<Integer> before = CpuPin.allowedCpus();
        String pinned = CompletableFuture.supplyAsync(() -> {
            CpuPin.pinCallingThread(last);
            return allowedOfThisThread();
        }, task -> Thread.ofPlatform().start(task)).join();
        assertEquals(Integer.toString(last), pinned);
        assertEquals(before, CpuPin.allowedCpus());
    }

    @Test
    void aCpuThatIsNotThereIsRefused() {
        assertThrows(IllegalStateException.class, () -> CpuPin.pinCallingThread(1023));
        assertThrows(IllegalArgumentException.class, () -> CpuPin.pinCallingThread(1024));
    }

    @Test
    void theKernelsListFormatIsRead() {
        assertEquals(List.of(0, 1, 2, 3, 8), CpuPin.parse("0-3,8"));
    }

    private static String allowedOfThisThread() {
        try {
            return Files.readAllLines(Path.of("/proc/thread-self/status")).stream().filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElseThrow();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
