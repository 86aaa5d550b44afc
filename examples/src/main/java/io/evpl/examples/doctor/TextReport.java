package io.evpl.examples.doctor;

import java.util.ArrayList;
import java.util.List;

/** The report as a person reads it. The mark is a word as well as a colour, so that a log file has it too. */
record TextReport(boolean colour) {
    private static final int WIDTH = 110; // columns
    private static final int MARK_WIDTH = 4;
    private static final int NAME_WIDTH = 18;
    private static final String INDENT = " ".repeat(2 + MARK_WIDTH + 2 + NAME_WIDTH + 1);
    private static final String BOLD = "1";
    private static final String CYAN = "36";

    String render(Report report) {
        StringBuilder out = new StringBuilder();
        out.append(paint(BOLD, "evpl here: " + report.summary())).append('\n');
        report.sections().forEach(section -> append(out, section));
        return out.append('\n').append(verdict(report)).append('\n').toString();
    }

    private void append(StringBuilder out, Section section) {
        out.append('\n').append(paint(BOLD, section.title())).append('\n');
        for (Finding finding : section.findings()) {
            List<String> lines = wrap(finding.text(), WIDTH - INDENT.length());
            out.append("  ").append(paint(finding.mark().sgr(), pad(finding.mark().text(), MARK_WIDTH)))
                    .append("  ").append(pad(finding.name(), NAME_WIDTH)).append(' ').append(lines.getFirst()).append('\n');
            lines.stream().skip(1).forEach(line -> out.append(INDENT).append(line).append('\n'));
            if (!finding.fix().isEmpty()) {
                String label = finding.mark() == Mark.INFO ? "to have it: " : "fix: ";
                out.append(INDENT).append(paint(CYAN, label + finding.fix())).append('\n');
            }
        }
    }

    private String verdict(Report report) {
        String counted = count(report.count(Mark.FAIL), "failure") + ", " + count(report.count(Mark.WARN), "warning");
        return report.usable() ? paint(Mark.OK.sgr(), "A server can run here.") + " " + counted
                : paint(Mark.FAIL.sgr(), "No backend works here.") + " " + counted;
    }

    private static String count(long number, String noun) {
        return (number == 0 ? "no" : Long.toString(number)) + " " + noun + (number == 1 ? "" : "s");
    }

    private String paint(String sgr, String text) {
        return colour ? "\u001b[" + sgr + "m" + text + "\u001b[0m" : text;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** @return at least one line; a word longer than {@code width} has a line of its own */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
