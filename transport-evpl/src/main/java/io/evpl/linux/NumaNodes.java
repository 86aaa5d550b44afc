package io.evpl.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which CPU is on which NUMA node, as {@code /sys/devices/system/node} says: Documentation/ABI/stable/sysfs-devices-node
 * of the kernel's sources.
 */
public final class NumaNodes {
    public static final int UNKNOWN = -1;
    private static final Path SYS = Path.of("/sys/devices/system/node");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    /** The kernel's own limit, CONFIG_NR_CPUS with MAXSMP. */
    private static final int MAX_CPUS = 8192;

    private final int[] nodeOfCpu;

    private NumaNodes(int[] nodeOfCpu) {
        this.nodeOfCpu = nodeOfCpu;
    }

    /** Read now. A machine that does not say has no nodes. */
    public static NumaNodes ofThisMachine() {
        return of(SYS);
    }

    /** @param sys a directory of the form of {@code /sys/devices/system/node} */
    public static NumaNodes of(Path sys) {
        int[] nodes = new int[MAX_CPUS];
        Arrays.fill(nodes, UNKNOWN);
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(sys, "node[0-9]*")) {
            for (Path directory : directories) {
                int node = Integer.parseInt(directory.getFileName().toString().substring("node".length()));
                markAll(nodes, node, Files.readString(directory.resolve("cpulist")).strip());
            }
        } catch (NotDirectoryException | NoSuchFileException e) {
            return new NumaNodes(new int[0]); // a kernel without CONFIG_NUMA, or a container without /sys
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            return new NumaNodes(new int[0]); // it only helps to choose: better without than half of it
        }
        return new NumaNodes(nodes);
    }

    /** @param list such as {@code 0-3,8}; empty on a node that has memory only */
    private static void markAll(int[] nodes, int node, String list) {
        for (String range : list.split(",")) {
            Matcher matcher = RANGE.matcher(range);
            if (matcher.matches()) {
                int first = Integer.parseInt(matcher.group(1));
                int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
                for (int cpu = first; cpu <= last && cpu < MAX_CPUS; cpu++) {
                    nodes[cpu] = node;
                }
            }
        }
    }

    /** @return {@link #UNKNOWN} if the machine does not say */
    public int nodeOf(int cpu) {
        return cpu >= 0 && cpu < nodeOfCpu.length ? nodeOfCpu[cpu] : UNKNOWN;
    }
}
