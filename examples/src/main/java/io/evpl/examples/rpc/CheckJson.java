package io.evpl.examples.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.evpl.rpc2.check.Finding.Verdict;
import io.evpl.rpc2.check.Finding;
import io.evpl.rpc2.check.Report;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;

/** Reports as a program reads them. Keys and verdicts are an interface: add, do not rename. */
final class CheckJson {
    private CheckJson() {
    }

    static String render(List<String> names, List<Report> reports) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeBooleanField("passed", reports.stream().allMatch(Report::passed));
            json.writeArrayFieldStart("targets");
            for (int i = 0; i < reports.size(); i++) {
                write(json, names.get(i), reports.get(i));
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text + "\n";
    }

    private static void write(JsonGenerator json, String name, Report report) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("target", report.target().toString());
        json.writeNumberField("program", Integer.toUnsignedLong(report.target().program()));
        json.writeNumberField("version", Integer.toUnsignedLong(report.target().version()));
        json.writeBooleanField("passed", report.passed());
        for (Verdict verdict : Verdict.values()) {
            json.writeNumberField(word(verdict), report.count(verdict));
        }
        json.writeArrayFieldStart("findings");
        for (Finding finding : report.findings()) {
            json.writeStartObject();
            json.writeStringField("id", finding.id());
            json.writeStringField("name", finding.name());
            json.writeStringField("group", finding.group().name().toLowerCase(Locale.ROOT));
            json.writeStringField("verdict", word(finding.verdict()));
            json.writeStringField("expected", finding.expected());
            json.writeStringField(finding.verdict() == Verdict.NOT_APPLICABLE ? "reason" : "seen", finding.seen());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }
}
