package io.evpl.examples.perf.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.io.StringReader;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class HtmlReportTest {
    private final String html = HtmlReport.render(SampleResults.results());

    @Test
    void itNeedsNothingButItself() {
        for (String outside : new String[] {"http:", "https:", "src=", "href=", "@import", "url(", "<script", "<link"}) {
            assertFalse(html.contains(outside), outside);
        }
        assertFalse(html.contains("{{"), "a place that was not filled");
    }

    @Test
    void everyChartIsWellFormed() throws Exception {
        Matcher charts = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(html);
        int count = 0;
        while (charts.find()) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(charts.group())));
            assertFalse(charts.group().contains("NaN"), charts.group());
            assertFalse(charts.group().contains("Infinity"), charts.group());
            count++;
        }
        assertEquals(5, count, "rate and CPU twice, latency once");
    }

    @Test
    void textFromOutsideIsHarmless() {
        assertFalse(html.contains(SampleResults.NASTY));
        assertTrue(html.contains("&lt;/script&gt;&lt;b&gt;&quot;no&quot; &amp; never&lt;/b&gt;"));
    }

    @Test
    void itFollowsTheReadersColourScheme() {
        assertTrue(html.contains("prefers-color-scheme: dark"));
    }

    @Test
    void everyTransportHasAColour() {
        for (Transport transport : Transport.values()) {
            String style = Markup.style(transport);
            assertTrue(html.contains(".fill-" + style + " {"), style);
            assertTrue(html.contains(".stroke-" + style + " {"), style);
            assertEquals(3, html.split("--" + style + "[:)]", -1).length - 1 - 2, style);
        }
    }

    @Test
    void packetsHaveTheirLoss() {
        String packets = HtmlReport.render(SampleResults.results(List.of(Scenario.packetFlow(4, 64, Direction.IN))));
        assertTrue(packets.contains("<th>packets/s</th>"));
        assertTrue(packets.contains("<th>loss</th>"));
        assertTrue(packets.contains("Packets per second, more is better"));
        assertFalse(html.contains("<th>loss</th>"));
    }
}
