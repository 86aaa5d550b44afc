package io.evpl.examples.perf.child;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What parent and children tell each other: {@code word key=value key=value}, values URL-encoded, one line each. */
record ControlLine(String word, Map<String, String> fields) {
    static ControlLine of(String word, Object... keysAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            fields.put((String) keysAndValues[i], String.valueOf(keysAndValues[i + 1]));
        }
        return new ControlLine(word, fields);
    }

    static ControlLine parse(String line) {
        String[] parts = line.split(" ");
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                fields.put(parts[i].substring(0, equals), URLDecoder.decode(parts[i].substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return new ControlLine(parts[0], fields);
    }

    String text(String key) {
        String value = fields.get(key);
        if (value == null) {
            throw new IllegalStateException("'" + word + "' came without " + key);
        }
        return value;
    }

    long number(String key) {
        return Long.parseLong(text(key));
    }

    @Override
    public String toString() {
        return fields.isEmpty() ? word : word + " " + fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }
}
