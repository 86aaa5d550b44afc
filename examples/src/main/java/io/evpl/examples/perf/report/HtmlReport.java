package io.evpl.examples.perf.report;

import io.evpl.examples.perf.child.ServerJvm;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** One HTML file that needs nothing else: the frame is a resource, the rows are made here. */
public final class HtmlReport {
    private static final String FRAME = "report.html";
    private HtmlReport() { }

    private static List<String> columns(Link link) {
        String message = link.messageName();
        List<String> columns = new ArrayList<>(List.of("transport", message + "s/s", "MB/s", "p50 µs", "p99 µs", "p99.9 µs",
                "loop CPU µs/" + message, "JVM CPU µs/" + message, "loop busy", message + "s vs best peer", "CPU vs best peer"));
        if (link == Link.RPC) {
            columns.add("client CPU µs/call");
        }
        if (link.lossy()) {
            columns.add("loss");
        }
        return columns;
    }

    public static String render(Results results) {
        StringBuilder rows = new StringBuilder();
        results.rows().forEach(row -> rows.append(section(row)));
        return frame().replace("{{sentence}}", Markup.escape(results.sentence() + " " + results.disturbance()))
                .replace("{{facts}}", facts(results))
                .replace("{{unavailable}}", unavailable(results.unavailable()))
                .replace("{{rows}}", rows);
    }

    private static String frame() {
        try (InputStream in = HtmlReport.class.getResourceAsStream(FRAME)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError("our own resource " + FRAME, e);
        }
    }

    private static String facts(Results results) {
        Machine machine = results.machine();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("CPU", machine.cpu() + ", " + machine.cores() + " cores");
        facts.put("Kernel", machine.kernel());
        facts.put("JDK", machine.jdk());
        facts.put("Commit", machine.commit());
        facts.put("Date", machine.date());
        facts.put("Load average before", machine.loadAverage());
        facts.put("JVM flags", String.join(" ", ServerJvm.commonFlags()));
        StringBuilder html = new StringBuilder();
        facts.forEach((name, value) -> html.append("<dt>").append(name).append("</dt><dd>").append(Markup.escape(value)).append("</dd>"));
        return html.toString();
    }

    private static String unavailable(Map<Transport, String> unavailable) {
        if (unavailable.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<section><h2>Not run here</h2><ul>");
        unavailable.forEach((transport, reason) ->
                html.append("<li><b>").append(transport.label()).append("</b>: ").append(Markup.escape(reason)).append("</li>"));
        return html.append("</ul></section>").toString();
    }

    private static String section(Row row) {
        List<Standing> standings = Standing.of(row);
        Link link = row.scenario().link();
        boolean counted = row.scenario().mode().timed() || link.lossy();
        String rate = !counted ? "Megabytes per second" : link.lossy() ? "Packets per second" : "Messages per second";
        ToDoubleFunction<Round> figure = counted ? Round::messagesPerSecond : Round::megabytesPerSecond;
        StringBuilder html = new StringBuilder("<section><h2>").append(Markup.escape(row.scenario().label()))
                .append("</h2><div class=\"charts\"><div class=\"stack\">");
        html.append(figure(rate + ", more is better", BarChart.svg(rate, bars(row, standings, figure))));
        html.append(figure("CPU of the server's loops, µs per message, less is better",
                BarChart.svg("CPU per message", bars(row, standings, Round::cpuUsPerMessage)))).append("</div>");
        if (row.scenario().mode().timed()) {
            html.append(figure("Latency by percentile", LatencyChart.svg("Latency by percentile", curves(row, standings))));
        }
        return html.append("</div>").append(table(standings, link)).append("</section>").toString();
    }

    private static String figure(String caption, String svg) {
        return "<figure><figcaption>" + caption + "</figcaption>" + svg + "</figure>";
    }

    private static List<BarChart.Bar> bars(Row row, List<Standing> standings, ToDoubleFunction<Round> figure) {
        return standings.stream().filter(Standing::measured).map(standing -> {
            List<Round> rounds = row.of(standing.transport());
            double[] values = rounds.stream().mapToDouble(figure).sorted().toArray();
            return new BarChart.Bar(standing.transport(), Medians.of(values), values[0], values[values.length - 1]);
        }).toList();
    }

    private static Map<Transport, Histogram> curves(Row row, List<Standing> standings) {
        Map<Transport, Histogram> curves = new EnumMap<>(Transport.class);
        for (Standing standing : standings) {
            if (standing.measured()) {
                Histogram pooled = new Histogram(3);
                row.of(standing.transport()).forEach(round -> pooled.add(round.latencyNs()));
                curves.put(standing.transport(), pooled);
            }
        }
        return curves;
    }

    private static String table(List<Standing> standings, Link link) {
        StringBuilder html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        columns(link).forEach(column -> html.append("<th>").append(column).append("</th>"));
        html.append("</tr></thead><tbody>");
        standings.forEach(standing -> html.append(line(standing, link)));
        return html.append("</tbody></table></div>").toString();
    }

    private static String line(Standing standing, Link link) {
        String label = standing.transport().label();
        StringBuilder html = new StringBuilder("<tr><th><i class=\"key fill-" + Markup.style(standing.transport()) + "\"></i>" + label + "</th>");
        if (!standing.measured()) {
            return html.append("<td class=\"trouble\" colspan=\"" + (columns(link).size() - 1) + "\">")
                    .append(Markup.escape(standing.trouble())).append("</td></tr>").toString();
        }
        for (double figure : new double[] {standing.messagesPerSecond(), standing.megabytesPerSecond(), standing.p50Us(), standing.p99Us(),
                standing.p999Us(), standing.cpuUs(), standing.processCpuUs()}) {
            html.append("<td>").append(Figures.count(figure)).append("</td>");
        }
        html.append("<td>").append(Figures.percent(standing.loopsBusy())).append("</td>");
        html.append(comparison(standing.bestRate(), standing.rateRatio(), standing.rateRatio() >= 1))
                .append(comparison(standing.bestCpu(), standing.cpuRatio(), standing.cpuRatio() <= 1));
        if (link == Link.RPC) {
            html.append("<td>").append(Figures.count(standing.clientCpuUs())).append("</td>");
        }
        if (link.lossy()) {
            html.append("<td>").append(Figures.finePercent(standing.lossShare())).append("</td>");
        }
        return html.append("</tr>").toString();
    }

    private static String comparison(boolean best, double ratio, boolean better) {
        if (best) {
            return "<td class=\"quiet\">best peer</td>";
        }
        String quality = better ? "better" : "worse";
        return Double.isFinite(ratio) ? "<td class=\"" + quality + "\">" + Figures.ratio(ratio) + "</td>" : "<td></td>";
    }
}
