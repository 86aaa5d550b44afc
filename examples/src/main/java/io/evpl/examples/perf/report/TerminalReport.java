package io.evpl.examples.perf.report;

import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Transport;
import java.util.ArrayList;
import java.util.List;

/** The tables one reads after a run. */
public final class TerminalReport {
    /** Where the packets that were lost stand: beside those that were not. */
    private static final int LOSS_COLUMN = 2;

    /** Beside the server's. */
    private static final int CLIENT_COLUMN = 7;

    private TerminalReport() { }

    public static String render(Results results) {
        StringBuilder text = new StringBuilder();
        for (Row row : results.rows()) {
            text.append('\n').append(row.scenario().label()).append('\n').append(table(row));
        }
        if (!results.unavailable().isEmpty()) {
            text.append("\nnot run here\n");
            results.unavailable().forEach((transport, reason) ->
                    text.append("  ").append(transport.label()).append(": ").append(reason).append('\n'));
        }
        text.append('\n').append(results.sentence()).append('\n');
        if (!results.disturbance().isEmpty()) {
            text.append(results.disturbance()).append('\n');
        }
        if (results.rows().stream().flatMap(row -> row.transports().stream()).anyMatch(transport -> transport.ours() || transport == Transport.ONCRPC4J)) {
            text.append("\"vs best\": evpl over the best peer of that row, median of the rounds' ratios; "
                    + "cpu (lower is better) and busy are the server loop threads'.\n");
        }
        return text.toString();
    }

    private static String table(Row row) {
        TextTable table = new TextTable(head(row.scenario().link()));
        for (Standing standing : Standing.of(row)) {
            String name = "  " + standing.transport().label();
            if (standing.measured()) {
                table.figures(cells(name, standing, row.scenario().link()));
            } else {
                table.remark(name, standing.trouble());
            }
        }
        return table.render();
    }

    private static List<String> head(Link link) {
        String message = link.messageName();
        List<String> head = new ArrayList<>(List.of("  transport", message + "s/s", "MB/s", "p50 us", "p99 us", "p99.9 us",
                "cpu us/" + message, "busy", message + "s vs best", "cpu vs best"));
        if (link == Link.RPC) {
            head.add(CLIENT_COLUMN, "client cpu us");
        }
        if (link.lossy()) {
            head.add(LOSS_COLUMN, "loss");
        }
        return head;
    }

    private static List<String> cells(String name, Standing standing, Link link) {
        List<String> cells = new ArrayList<>();
        cells.add(name);
        for (double figure : new double[] {standing.messagesPerSecond(), standing.megabytesPerSecond(), standing.p50Us(), standing.p99Us(),
                standing.p999Us(), standing.cpuUs()}) {
            cells.add(Figures.count(figure));
        }
        if (link == Link.RPC) {
            cells.add(Figures.count(standing.clientCpuUs()));
        }
        cells.add(Figures.percent(standing.loopsBusy()));
        cells.add(standing.bestRate() ? "best peer" : Figures.ratio(standing.rateRatio()));
        cells.add(standing.bestCpu() ? "best peer" : Figures.ratio(standing.cpuRatio()));
        if (link.lossy()) {
            cells.add(LOSS_COLUMN, Figures.finePercent(standing.lossShare()));
        }
        return cells;
    }
}
