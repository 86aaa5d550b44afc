package io.evpl.examples.doctor;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Huge pages. @see <a href="https://docs.kernel.org/admin-guide/mm/hugetlbpage.html">hugetlbpage</a> */
record MemoryChecks(LinuxFiles files) {
    private static final String MEMINFO = "/proc/meminfo";
    private static final Pattern CHOSEN = Pattern.compile(".*\\[(\\w+)].*"); // "always [madvise] never"

    Section section() {
        return new Section("Memory", List.of(hugePages(), transparentHugePages()));
    }

    Finding hugePages() {
        String total = files.field(MEMINFO, "HugePages_Total").orElse("0");
        String free = files.field(MEMINFO, "HugePages_Free").orElse("0");
        String size = files.field(MEMINFO, "Hugepagesize").orElse("unknown size");
        return total.equals("0")
                ? Finding.info("huge pages", "none reserved; needed only for memory slabs on huge pages",
                        "sudo sysctl -w vm.nr_hugepages=128")
                : Finding.ok("huge pages", free + " of " + total + " free, " + size + " each");
    }

    Finding transparentHugePages() {
        String modes = files.firstLine("/sys/kernel/mm/transparent_hugepage/enabled").orElse("");
        Matcher chosen = CHOSEN.matcher(modes);
        return chosen.matches()
                ? Finding.info("transparent", chosen.group(1)) : Finding.info("transparent", "not in this kernel");
    }
}
