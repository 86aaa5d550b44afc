package io.evpl.examples.doctor;

import java.util.Arrays;

/** The kernel's list format for CPUs and NUMA nodes: "0-3,8". */
final class CpuList {
    private CpuList() {
    }

    /** @return how many are in the list; 0 for an empty or malformed one */
    static int count(String list) {
        return Arrays.stream(list.strip().split(",")).mapToInt(CpuList::countRange).sum();
    }

    private static int countRange(String range) {
        String[] ends = range.split("-", 2);
        try {
            int first = Integer.parseInt(ends[0]);
            int last = ends.length == 1 ? first : Integer.parseInt(ends[1]);
            return Math.max(0, last - first + 1);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
