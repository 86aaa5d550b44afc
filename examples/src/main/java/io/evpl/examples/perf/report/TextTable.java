package io.evpl.examples.perf.report;

import java.util.ArrayList;
import java.util.List;

/** Columns for a terminal: the first to the left, figures to the right, a row of two cells says something across the columns. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<String> header;
    private final List<List<String>> lines = new ArrayList<>();

    public TextTable(List<String> header) {
        this.header = List.copyOf(header);
        lines.add(this.header);
    }

    public void figures(List<String> cells) {
        if (cells.size() != header.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + header.size() + " columns");
        }
        lines.add(cells);
    }

    public void remark(String first, String text) {
        lines.add(List.of(first, text));
    }

    public String render() {
        StringBuilder text = new StringBuilder();
        for (List<String> cells : lines) {
            StringBuilder line = new StringBuilder(String.format("%-" + width(0) + "s", cells.getFirst()));
            for (int column = 1; column < cells.size(); column++) {
                boolean remark = cells.size() != header.size();
                line.append(GAP).append(remark ? cells.get(column) : String.format("%" + width(column) + "s", cells.get(column)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return lines.stream().filter(cells -> column == 0 || cells.size() == header.size())
                .mapToInt(cells -> cells.get(column).length()).max().orElseThrow();
    }
}
