package io.evpl.examples.perf.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.evpl.examples.perf.PerfPlan;
import io.evpl.examples.perf.child.ServerJvm;
import io.evpl.examples.perf.scenario.Transport;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Locale;

/** Everything that was measured, raw, for machines. */
public final class JsonReport {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};

    private final JsonGenerator json;

    private JsonReport(JsonGenerator json) {
        this.json = json;
    }

    public static String render(Results results) {
        Writer text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            new JsonReport(json).write(results);
        } catch (IOException e) {
            throw new AssertionError("a StringWriter does not fail", e);
        }
        return text + "\n";
    }

    private void write(Results results) throws IOException {
        json.writeStartObject();
        machine(json, results.machine());
        plan(results);
        transports(results);
        json.writeArrayFieldStart("rows");
        for (Row row : results.rows()) {
            row(row);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Where and when, as the field {@code machine} of any report. */
    public static void machine(JsonGenerator json, Machine machine) throws IOException {
        json.writeObjectFieldStart("machine");
        json.writeStringField("cpu", machine.cpu());
        json.writeNumberField("cores", machine.cores());
        json.writeStringField("kernel", machine.kernel());
        json.writeStringField("jdk", machine.jdk());
        json.writeStringField("commit", machine.commit());
        json.writeStringField("date", machine.date());
        json.writeStringField("loadAverage", machine.loadAverage());
        json.writeEndObject();
    }

    private void plan(Results results) throws IOException {
        PerfPlan plan = results.plan();
        json.writeObjectFieldStart("plan");
        json.writeNumberField("rounds", plan.rounds());
        json.writeNumberField("measureNs", results.pace().measureNs());
        json.writeNumberField("warmupNs", results.pace().warmupNs());
        json.writeNumberField("maxSettleNs", results.pace().maxSettleNs());
        json.writeNumberField("settleBudgetNs", results.pace().settleBudgetNs());
        json.writeNumberField("serverLoops", plan.loops());
        json.writeBooleanField("pinned", plan.pin());
        json.writeArrayFieldStart("jvmFlags");
        for (String flag : ServerJvm.commonFlags()) {
            json.writeString(flag);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void transports(Results results) throws IOException {
        json.writeArrayFieldStart("transports");
        for (Transport transport : results.plan().transports()) {
            json.writeStartObject();
            json.writeStringField("name", transport.label());
            json.writeBooleanField("available", results.nettyVersions().containsKey(transport));
            if (results.nettyVersions().containsKey(transport)) {
                json.writeStringField("netty", results.nettyVersions().get(transport));
            } else {
                json.writeStringField("reason", results.unavailable().get(transport));
            }
            json.writeArrayFieldStart("jvmFlags");
            for (String flag : transport.jvmFlags()) {
                json.writeString(flag);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void row(Row row) throws IOException {
        json.writeStartObject();
        json.writeStringField("row", row.scenario().label());
        json.writeStringField("mode", row.scenario().mode().name());
        json.writeStringField("link", row.scenario().link().label());
        if (row.scenario().mode().ownLoad()) {
            json.writeStringField("loadTransport", "own");
        } else if (row.load() == null) {
            json.writeBooleanField("sameLoop", row.scenario().sameLoop());
        } else {
            json.writeStringField("loadTransport", row.load().label());
        }
        json.writeNumberField("connections", row.scenario().connections());
        json.writeNumberField("payloadBytes", row.scenario().payloadBytes());
        json.writeNumberField("depth", row.scenario().depth());
        json.writeStringField("direction", row.scenario().direction().label());
        json.writeNumberField("offeredMessagesPerSecond", row.scenario().messagesPerSecond());
        json.writeArrayFieldStart("standings");
        for (Standing standing : Standing.of(row)) {
            standing(standing, row.scenario().link().lossy());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("rounds");
        for (Round round : row.rounds()) {
            round(round, row.scenario().link().lossy());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void standing(Standing standing, boolean lossy) throws IOException {
        json.writeStartObject();
        json.writeStringField("transport", standing.transport().label());
        if (!standing.measured()) {
            json.writeStringField("trouble", standing.trouble());
        }
        number("messagesPerSecond", standing.messagesPerSecond());
        number("megabytesPerSecond", standing.megabytesPerSecond());
        if (lossy) {
            number("lossShare", standing.lossShare());
        }
        number("p50Us", standing.p50Us());
        number("p99Us", standing.p99Us());
        number("p999Us", standing.p999Us());
        number("loopCpuUsPerMessage", standing.cpuUs());
        number("processCpuUsPerMessage", standing.processCpuUs());
        number("clientCpuUsPerMessage", standing.clientCpuUs());
        number("loopsBusy", standing.loopsBusy());
        number("rateRatioToBestPeer", standing.rateRatio());
        number("cpuRatioToBestPeer", standing.cpuRatio());
        json.writeBooleanField("bestPeerByRate", standing.bestRate());
        json.writeBooleanField("bestPeerByCpu", standing.bestCpu());
        json.writeEndObject();
    }

    /** JSON has no NaN: what was not measured is left out. */
    private void number(String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        }
    }

    private void round(Round round, boolean lossy) throws IOException {
        json.writeStartObject();
        json.writeStringField("transport", round.transport().label());
        json.writeNumberField("round", round.index());
        json.writeStringField("outcome", round.outcome().name().toLowerCase(Locale.ROOT));
        if (!round.measured()) {
            json.writeStringField("note", round.note());
        } else {
            json.writeNumberField("seconds", round.seconds());
            json.writeNumberField("messages", round.messages());
            json.writeNumberField("payloadBytes", round.payloadBytes());
            if (lossy) {
                json.writeNumberField("lostMessages", round.lostMessages());
            }
            json.writeNumberField("serverSeconds", round.serverSeconds());
            json.writeNumberField("serverMessages", round.serverMessages());
            json.writeNumberField("loopCpuNs", round.loopCpuNs());
            json.writeNumberField("processCpuNs", round.processCpuNs());
            json.writeNumberField("loadProcessCpuNs", round.loadCpuNs());
            number("othersCores", round.othersCores());
            latency(round);
        }
        json.writeEndObject();
    }

    private void latency(Round round) throws IOException {
        if (round.latencyNs() == null) {
            return;
        }
        json.writeObjectFieldStart("latencyNsAtPercentile");
        for (double percentile : PERCENTILES) {
            json.writeNumberField(Double.toString(percentile), round.latencyNs().getValueAtPercentile(percentile));
        }
        json.writeEndObject();
    }
}
