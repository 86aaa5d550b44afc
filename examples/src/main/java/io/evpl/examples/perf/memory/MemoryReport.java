package io.evpl.examples.perf.memory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.evpl.examples.perf.child.ServerJvm;
import io.evpl.examples.perf.report.JsonReport;
import io.evpl.examples.perf.report.Machine;
import io.evpl.examples.perf.report.Medians;
import io.evpl.examples.perf.report.TextTable;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Rounds as a table and as JSON. */
public final class MemoryReport {
    private static final double MIB = 1 << 20;
    private static final List<String> HEAD = List.of("  transport", "resident MiB", "grown by", "bytes/connection", "heap used", "heap",
            "direct", "slabs", "rest", "vs best");

    private final Machine machine;
    private final MemoryPlan plan;
    private final List<MemoryRound> rounds;

    public MemoryReport(Machine machine, MemoryPlan plan, List<MemoryRound> rounds) {
        this.machine = machine;
        this.plan = plan;
        this.rounds = rounds;
    }

    /** True if something that had to work did not: a failure of ours, or a transport asked for that cannot run. */
    public boolean failed() {
        return rounds.stream().filter(round -> !round.measured()).anyMatch(round -> round.transport().ours() || plan.transportsNamed())
                || rounds.stream().noneMatch(MemoryRound::measured);
    }

    public String table() {
        StringBuilder text = new StringBuilder();
        for (Scenario scenario : scenarios()) {
            TextTable table = new TextTable(HEAD);
            for (Transport transport : plan.transports()) {
                line(table, scenario, transport);
            }
            text.append('\n').append(scenario.label()).append('\n').append(table.render());
        }
        return text.append("\nMiB of the server's process after the program and a collection, medians of ").append(plan.rounds())
                .append(" fresh JVMs with ").append(String.join(" ", flags())).append("; ").append(plan.loops())
                .append(plan.loops() == 1 ? " loop" : " loops").append(". \"rest\": code, classes, stacks, rings and their buffers.\n")
                .append("\"vs best\": resident, evpl's over that of the peer that holds least. ").append(machine.sentence()).append(".\n")
                .toString();
    }

    private void line(TextTable table, Scenario scenario, Transport transport) {
        List<MemoryRound> own = of(scenario, transport);
        String name = "  " + transport.label();
        for (MemoryRound round : own) {
            if (!round.measured()) {
                table.remark(name, "failed: " + round.trouble());
                return;
            }
        }
        List<String> cells = new ArrayList<>(List.of(name, mib(own, round -> round.after().residentBytes()),
                mib(own, round -> round.after().residentBytes() - round.before().residentBytes()),
                String.format(Locale.ROOT, "%,.0f", median(own, MemoryRound::bytesAConnection)),
                mib(own, round -> round.after().heapUsedBytes()), mib(own, round -> round.after().heapBytes()),
                mib(own, round -> round.after().directBytes()), mib(own, round -> round.after().slabBytes()),
                mib(own, round -> round.after().restBytes())));
        double ratio = ratioToBest(scenario, transport);
        cells.add(Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2fx", ratio));
        table.figures(cells);
    }

    private double ratioToBest(Scenario scenario, Transport transport) {
        double best = plan.transports().stream().filter(peer -> !peer.ours()).map(peer -> of(scenario, peer))
                .filter(peer -> peer.stream().allMatch(MemoryRound::measured)).mapToDouble(MemoryReport::resident).min().orElse(Double.NaN);
        return transport.ours() ? resident(of(scenario, transport)) / best : Double.NaN;
    }

    private static double resident(List<MemoryRound> of) {
        return median(of, round -> round.after().residentBytes());
    }

    private static double median(List<MemoryRound> of, ToDoubleFunction<MemoryRound> figure) {
        return Medians.of(of.stream().mapToDouble(figure).toArray());
    }

    private static String mib(List<MemoryRound> of, ToDoubleFunction<MemoryRound> bytes) {
        return String.format(Locale.ROOT, "%.1f", median(of, bytes) / MIB);
    }

    private List<Scenario> scenarios() {
        return rounds.stream().map(MemoryRound::scenario).distinct().toList();
    }

    private List<MemoryRound> of(Scenario scenario, Transport transport) {
        return rounds.stream().filter(round -> round.scenario().equals(scenario) && round.transport() == transport).toList();
    }

    private static List<String> flags() {
        List<String> flags = new ArrayList<>(ServerJvm.commonFlags());
        flags.addAll(MemoryContest.SMALL_HEAP);
        return flags;
    }

    public String json() {
        Writer text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            JsonReport.machine(json, machine);
            json.writeNumberField("serverLoops", plan.loops());
            json.writeArrayFieldStart("jvmFlags");
            for (String flag : flags()) {
                json.writeString(flag);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("rounds");
            for (MemoryRound round : rounds) {
                write(json, round);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new AssertionError("a StringWriter does not fail", e);
        }
        return text + "\n";
    }

    private static void write(JsonGenerator json, MemoryRound round) throws IOException {
        json.writeStartObject();
        json.writeStringField("program", round.scenario().mode().name());
        json.writeNumberField("connections", round.scenario().connections());
        json.writeStringField("transport", round.transport().label());
        json.writeNumberField("round", round.index());
        if (round.measured()) {
            reading(json, "before", round.before());
            reading(json, "after", round.after());
        } else {
            json.writeStringField("trouble", round.trouble());
        }
        json.writeEndObject();
    }

    private static void reading(JsonGenerator json, String name, MemoryReading reading) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> field : reading.toFields().entrySet()) {
            json.writeNumberField(field.getKey(), Long.parseLong(field.getValue()));
        }
        json.writeEndObject();
    }
}
