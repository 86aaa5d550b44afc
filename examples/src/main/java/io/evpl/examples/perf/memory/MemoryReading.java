package io.evpl.examples.perf.memory;

import io.evpl.Evpl;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What this process holds now, in bytes.
 *
 * @param residentBytes VmRSS: all that is in memory, files of the JDK included
 * @param heapUsedBytes live objects, if read after a collection
 * @param heapBytes committed to the Java heap
 * @param directBytes Netty's direct buffers and the JDK's, used or pooled
 * @param slabBytes of evpl's allocator; 0 for others
 * @param descriptors open ones
 */
public record MemoryReading(long residentBytes, long heapUsedBytes, long heapBytes, long directBytes, long slabBytes, long descriptors) {
    private static final String RESIDENT = "VmRSS:";
    private static final int KIB = 1024;

    /**
     * After a collection, so that what is dead does not count.
     *
     * @param evpl whether to ask for its slabs: other servers do not have its classes
     */
    public static MemoryReading collected(boolean evpl) {
        System.gc();
        return now(evpl);
    }

    /** As it is. */
    public static MemoryReading now(boolean evpl) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long jdkDirectBytes = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
        // Netty allocates past the JDK's count where it may use Unsafe, and within it where not: then its own is -1.
        long nettyDirectBytes = Math.max(0, PlatformDependent.usedDirectMemory());
        return new MemoryReading(resident(), heap.getUsed(), heap.getCommitted(), jdkDirectBytes + nettyDirectBytes,
                evpl ? Evpl.allocator().usedDirectMemory() : 0, openDescriptors());
    }

    /** @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_status.5.html">proc_pid_status(5)</a> */
    private static long resident() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> Long.parseLong(line.substring(RESIDENT.length()).replace("kB", "").strip()) * KIB)
                    .findFirst().orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self/status cannot be read", e);
        }
    }

    private static long openDescriptors() {
        long count = -1;    // the folder's own
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path ignored : open) {
                count++;
            }
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self/fd cannot be read", e);
        }
        return count;
    }

    /** What is neither heap nor buffers of Java: code, classes, stacks, rings and their buffers, malloc's. */
    public long restBytes() {
        return Math.max(0, residentBytes - heapBytes - directBytes - slabBytes);
    }

    public Map<String, String> toFields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("residentBytes", Long.toString(residentBytes));
        fields.put("heapUsedBytes", Long.toString(heapUsedBytes));
        fields.put("heapBytes", Long.toString(heapBytes));
        fields.put("directBytes", Long.toString(directBytes));
        fields.put("slabBytes", Long.toString(slabBytes));
        fields.put("descriptors", Long.toString(descriptors));
        return fields;
    }

    /** The inverse of {@link #toFields()}. */
    public static MemoryReading fromFields(Map<String, String> fields) {
        return new MemoryReading(Long.parseLong(fields.get("residentBytes")), Long.parseLong(fields.get("heapUsedBytes")),
                Long.parseLong(fields.get("heapBytes")), Long.parseLong(fields.get("directBytes")),
                Long.parseLong(fields.get("slabBytes")), Long.parseLong(fields.get("descriptors")));
    }
}
