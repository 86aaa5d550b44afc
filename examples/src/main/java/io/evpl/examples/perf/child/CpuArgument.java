package io.evpl.examples.perf.child;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The CPUs a child is to pin its loops to, as one of its arguments: {@code 0,1}, or {@code -} for none. */
final class CpuArgument {
    private static final String NONE = "-";

    private CpuArgument() { }

    static String write(List<Integer> cpus) {
        return cpus.isEmpty() ? NONE : cpus.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    static List<Integer> read(String argument) {
        return argument.equals(NONE) ? List.of() : Arrays.stream(argument.split(",")).map(Integer::valueOf).toList();
    }
}
