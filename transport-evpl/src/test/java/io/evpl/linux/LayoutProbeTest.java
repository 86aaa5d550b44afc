package io.evpl.linux;

import io.evpl.linux.LayoutRows.Row;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Compares every offset, size and constant in io.evpl.linux and below with the system's C headers, for this CPU by
 * running a compiled C program, and for both CPUs with tables that a (cross) compiler wrote.
 *
 * <p>A new constant needs a line in {@code layout/rows.txt} unless its class has a prefix there, and new tables:
 * {@code mvn -pl transport-evpl test -Dtest=LayoutProbeTest -Devpl.layout.write=true}, with gcc for both CPUs installed
 * (Debian: gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, linux-libc-dev-arm64-cross).
 */
class LayoutProbeTest {
    private static final String NOT_IN_HEADER = "not-in-header";
    private static final String LINUX_VERSION = "LINUX_VERSION_CODE";
    private static final String GLIBC_VERSION = "__GLIBC__ * 100 + __GLIBC_MINOR__";

    private static final boolean WRITE = Boolean.getBoolean("evpl.layout.write");

    private static LayoutRows layout;
    private static final Map<String, Newer> NEWER = new TreeMap<>();

    /** A constant that old headers lack, and the header that has it. */
    private record Newer(long value, String source) {
    }

    @BeforeAll
    static void readRows() throws IOException {
        layout = new LayoutRows();
        for (String line : LayoutRows.resource("newer.txt")) {
            String[] words = line.split(" ", 3);
            NEWER.put(words[0], new Newer(Long.decode(words[1]), words[2]));
        }
    }

    @Test
    void everyConstantHasARow() {
        assertEquals(List.of(), layout.missing, "constants that layout/rows.txt does not cover");
        assertEquals(List.of(), layout.stale, "lines of layout/rows.txt without a constant");
        assertTrue(layout.rows.size() > 300, layout.rows.size() + " rows: were the classes found?");
    }

    @Test
    void newerConstantsHaveTheirKernelsValue() {
        NEWER.forEach((name, newer) -> {
            Row row = layout.rows.stream().filter(r -> r.expression().equals(name)).findAny()
                    .orElseGet(() -> fail("newer.txt: no constant of ours is " + name));
            assertTrue(row.is(newer.value, row.valueHere()), () -> row.name() + " is not " + newer);
        });
    }

    @Test
    void everyRowMatchesTheHeadersOfThisMachine() throws Exception {
        CProbe probe = require("cc", CProbe.find("cc", "gcc", "clang"));
        Map<String, Long> values = probe.run(expressions());
        List<String> wrong = new ArrayList<>();
        for (Row row : layout.rows) {
            Long c = values.get(row.expression());
            if (c == null) {
                reportNotInHeader(row, wrong);
            } else if (!row.is(c, row.valueHere())) {
                wrong.add(row.name() + " = " + row.valueHere() + ", but " + row.expression() + " is " + c);
            }
        }
        System.out.println(layout.rows.size() + " rows, " + versions(probe, values));
        assertEquals(List.of(), wrong);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86_64", "aarch64"})
    void everyRowMatchesTheTableOf(String arch) throws IOException {
        assumeFalse(WRITE, "the tables are being written");
        Map<String, String> table = table(arch);
        List<String> wrong = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        for (Row row : layout.rows) {
            String c = table.remove(row.name());
            if (c == null) {
                absent.add(row.name());
            } else if (c.equals(NOT_IN_HEADER)) {
                reportNotInHeader(row, wrong);
            } else if (!row.is(Long.parseLong(c), row.value(arch))) {
                wrong.add(row.name() + " = " + row.value(arch) + ", but in " + arch + ".txt " + c);
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(List.of(), absent, "not in " + arch + ".txt: write it anew, see the class comment");
        assertEquals(Map.of(), table, "lines of " + arch + ".txt without a row");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86_64", "aarch64"})
    void compilingForTheOtherCpuGivesTheTableAgain(String arch) throws Exception {
        CProbe probe = require(arch + "-cc", CProbe.find(arch + "-linux-gnu-gcc"));
        Map<String, Long> values = probe.fold(expressions());
        if (WRITE) {
            write(arch, probe, values);
            return;
        }
        Map<String, String> table = table(arch);
        List<String> wrong = new ArrayList<>();
        for (Row row : layout.rows) {
            Long c = values.get(row.expression());
            String saved = table.getOrDefault(row.name(), NOT_IN_HEADER);
            if (c != null && !row.is(c, row.value(arch))) {
                wrong.add(row.name() + " = " + row.value(arch) + ", but " + row.expression() + " is " + c);
            }
            // Only one of the two headers may know a newer constant.
            if (c != null && !saved.equals(NOT_IN_HEADER) && c != Long.parseLong(saved)) {
                wrong.add(row.name() + " = " + saved + " in " + arch + ".txt, but now " + c);
            }
        }
        System.out.println(layout.rows.size() + " rows for " + arch + ", " + versions(probe, values));
        assertEquals(List.of(), wrong);
    }

    private static List<String> expressions() {
        LinkedHashSet<String> expressions = new LinkedHashSet<>();
        layout.rows.forEach(row -> expressions.add(row.expression()));
        expressions.add(LINUX_VERSION);
        expressions.add(GLIBC_VERSION);
        return List.copyOf(expressions);
    }

    private static void reportNotInHeader(Row row, List<String> wrong) {
        Newer newer = NEWER.get(row.expression());
        if (newer == null) {
            wrong.add(row.name() + ": " + row.expression() + " is neither in this header nor in layout/newer.txt");
        } else {
            System.out.println("not in this header: " + row.expression() + " = " + newer.value + ", from " + newer.source);
        }
    }

    private static CProbe require(String what, Optional<CProbe> probe) {
        List<String> required = Arrays.asList(System.getProperty("evpl.require", "").split(","));
        if (probe.isEmpty() && (required.contains(what) || required.contains("all"))) {
            fail("-Devpl.require=" + what + ", but there is no such C compiler on the PATH");
        }
        assumeTrue(probe.isPresent(), "no C compiler (" + what + ") on the PATH");
        return probe.orElseThrow();
    }

    private static Map<String, String> table(String arch) throws IOException {
        Map<String, String> table = new TreeMap<>();
        for (String line : LayoutRows.resource(arch + ".txt")) {
            int value = line.lastIndexOf(' ');
            table.put(line.substring(0, value), line.substring(value + 1));
        }
        return table;
    }

    private static void write(String arch, CProbe probe, Map<String, Long> values) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# " + versions(probe, values));
        lines.add("# Written by LayoutProbeTest with -Devpl.layout.write=true: " + probe.name() + " -S, data section");
        for (Row row : layout.rows) {
            Long c = values.get(row.expression());
            lines.add(row.name() + " " + (c == null ? NOT_IN_HEADER : c.toString()));
        }
        Files.write(Path.of("src/test/resources/layout", arch + ".txt"), lines);
    }

    private static String versions(CProbe probe, Map<String, Long> values) {
        long linux = values.getOrDefault(LINUX_VERSION, 0L);
        long glibc = values.getOrDefault(GLIBC_VERSION, 0L);
        return "headers of Linux " + (linux >> 16) + "." + (linux >> 8 & 0xff) + "." + (linux & 0xff) + " and glibc "
                + glibc / 100 + "." + glibc % 100 + ", by " + probe.name();
    }
}
