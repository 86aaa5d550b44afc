package io.evpl.examples.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import java.io.IOException;
import java.io.StringWriter;

/** The report as a program reads it. Keys and marks are an interface: add, do not rename. */
final class JsonReport {
    private JsonReport() {
    }

    static String render(Report report) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeBooleanField("usable", report.usable());
            json.writeStringField("summary", report.summary());
            json.writeNumberField("failures", report.count(Mark.FAIL));
            json.writeNumberField("warnings", report.count(Mark.WARN));
            json.writeArrayFieldStart("sections");
            for (Section section : report.sections()) {
                write(json, section);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text + "\n";
    }

    private static void write(JsonGenerator json, Section section) throws IOException {
        json.writeStartObject();
        json.writeStringField("title", section.title());
        json.writeArrayFieldStart("findings");
        for (Finding finding : section.findings()) {
            json.writeStartObject();
            json.writeStringField("name", finding.name());
            json.writeStringField("mark", mark(finding.mark()));
            json.writeStringField("text", finding.text());
            if (!finding.fix().isEmpty()) {
                json.writeStringField("fix", finding.fix());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String mark(Mark mark) {
        return switch (mark) {
            case OK -> "ok";
            case INFO -> "info";
            case WARN -> "warn";
            case FAIL -> "fail";
        };
    }
}
