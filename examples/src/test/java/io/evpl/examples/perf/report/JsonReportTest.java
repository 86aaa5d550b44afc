package io.evpl.examples.perf.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.evpl.examples.perf.scenario.Scenario;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonReportTest {
    private final String json = JsonReport.render(SampleResults.results());

    @Test
    void itIsOneWellFormedObjectWithEveryRoundAndTheMachine() throws IOException {
        Map<String, Integer> names = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            assertEquals(JsonToken.START_OBJECT, parser.nextToken());
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    names.merge(parser.currentName(), 1, Integer::sum);
                }
            }
        }
        assertEquals(1, names.get("machine"));
        for (String fact : new String[] {"cpu", "cores", "kernel", "jdk", "commit", "date", "loadAverage"}) {
            assertEquals(1, names.get(fact), fact);
        }
        assertEquals(12, names.get("loopCpuNs"), "two rows of two transports in three rounds");
        assertEquals(6, names.get("latencyNsAtPercentile"), "of the timed row only");
        assertEquals(14, names.get("outcome"), "and one stalled round in each row");
    }

    @Test
    void whatWasNotMeasuredIsLeftOut() {
        assertFalse(json.contains("NaN"));
        assertTrue(json.contains("\"trouble\" : \"stalled: no progress for 2 s\""), json);
    }

    @Test
    void whatLinkAndWhoseLoadIsInEachRowAndLossWhereThereCanBeAny() {
        String packets = JsonReport.render(SampleResults.results(List.of(Scenario.packetEcho(16, 64, 8))));
        assertTrue(packets.contains("\"link\" : \"udp\""), packets);
        assertTrue(packets.contains("\"loadTransport\" : \"evpl-uring\""), packets);
        assertTrue(packets.contains("\"lostMessages\""), packets);
        assertTrue(packets.contains("\"lossShare\""), packets);
        assertFalse(json.contains("\"loss"), json);
    }
}
