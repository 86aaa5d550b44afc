package io.evpl.examples.rpc;

import io.evpl.rpc2.check.Finding.Verdict;
import io.evpl.rpc2.check.Finding;
import io.evpl.rpc2.check.Report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What several servers make of the odd calls, as a table of Markdown: a column for each. */
final class OddCallTable {
    private OddCallTable() {
    }

    static String render(List<String> names, List<Report> reports) {
        StringBuilder out = new StringBuilder("| call | right | ").append(String.join(" | ", names)).append(" |\n");
        out.append("|---|---|").append("---|".repeat(names.size())).append('\n');
        List<Finding> rows = reports.getFirst().findings();
        for (int i = 0; i < rows.size(); i++) {
            int row = i;
            out.append("| ").append(rows.get(i).name()).append(" | ").append(rows.get(i).expected()).append(" | ")
                    .append(reports.stream().map(report -> cell(report.findings().get(row))).collect(Collectors.joining(" | ")))
                    .append(" |\n");
        }
        return out.append("| **right of ").append(rows.size()).append("** | | ").append(IntStream.range(0, reports.size())
                .mapToObj(i -> "**" + reports.get(i).count(Verdict.PASS) + "**").collect(Collectors.joining(" | "))).append(" |\n").toString();
    }

    private static String cell(Finding finding) {
        return switch (finding.verdict()) {
            case PASS -> finding.seen();
            case FAIL -> "**" + finding.seen() + "**";
            case NOT_APPLICABLE -> "-";
        };
    }
}
