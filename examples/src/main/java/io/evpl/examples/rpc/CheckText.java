package io.evpl.examples.rpc;

import io.evpl.rpc2.check.Finding.Verdict;
import io.evpl.rpc2.check.Finding;
import io.evpl.rpc2.check.Group;
import io.evpl.rpc2.check.Report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as a person reads it: a table for each group, a line for each requirement that holds, one for each row that fails. */
record CheckText(boolean colour, boolean everyRow) {
    private static final String BOLD = "1";
    private static final String GREEN = "32";
    private static final String RED = "31";
    private static final String DIM = "2";
    private static final int ID_WIDTH = 8;
    private static final int NAME_WIDTH = 46;

    String render(Report report) {
        StringBuilder out = new StringBuilder(paint(BOLD, report.target().toString())).append('\n');
        for (Group group : Group.values()) {
            append(out, group, report.of(group));
        }
        return out.append('\n').append(verdict(report)).append('\n').toString();
    }

    private void append(StringBuilder out, Group group, List<Finding> findings) {
        if (findings.isEmpty()) {
            return;
        }
        out.append('\n').append(paint(BOLD, group.title())).append('\n');
        Map<String, List<Finding>> byReason = new LinkedHashMap<>();
        findings.stream().collect(Collectors.groupingBy(Finding::id, LinkedHashMap::new, Collectors.toList()))
                .values().forEach(rows -> appendRequirement(out, rows, byReason));
        byReason.forEach((reason, rows) -> out.append(line("-", DIM, count(rows.size(), "row"), ids(rows) + ": " + reason)));
    }

    private void appendRequirement(StringBuilder out, List<Finding> rows, Map<String, List<Finding>> byReason) {
        List<Finding> passed = new ArrayList<>();
        for (Finding row : rows) {
            switch (row.verdict()) {
                case PASS -> passed.add(row);
                case FAIL -> out.append(line("FAIL", RED, row.id(), pad(row.name(), NAME_WIDTH) + " " + row.seen()
                        + paint(DIM, ", not " + row.expected())));
                case NOT_APPLICABLE -> byReason.computeIfAbsent(row.seen(), _ -> new ArrayList<>()).add(row);
            }
        }
        if (everyRow) {
            passed.forEach(row -> out.append(line("ok", GREEN, row.id(), pad(row.name(), NAME_WIDTH) + " " + row.seen())));
        } else if (!passed.isEmpty()) {
            Finding first = passed.getFirst();
            String more = passed.size() == 1 ? "" : ", and " + (passed.size() - 1) + " more";
            out.append(line("ok", GREEN, first.id(), pad(first.name() + more, NAME_WIDTH) + " " + first.seen()));
        }
    }

    /** "RS17 to RS30", or one. */
    private static String ids(List<Finding> rows) {
        String first = rows.getFirst().id();
        String last = rows.getLast().id();
        return first.equals(last) ? first : first + " to " + last;
    }

    private String line(String mark, String sgr, String id, String text) {
        return "  " + paint(sgr, pad(mark, 4)) + "  " + pad(id, ID_WIDTH) + " " + text + "\n";
    }

    private String verdict(Report report) {
        String counted = report.count(Verdict.PASS) + " pass, " + report.count(Verdict.FAIL) + " fail, "
                + report.count(Verdict.NOT_APPLICABLE) + " do not apply";
        String word = report.passed() ? paint(GREEN, "It conforms.")
                : report.failures().isEmpty() ? paint(RED, "Nothing was checked.") : paint(RED, "It does not conform.");
        return word + " " + counted;
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private String paint(String sgr, String text) {
        return colour ? "\u001b[" + sgr + "m" + text + "\u001b[0m" : text;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
