package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Link;
import java.util.EnumMap;
import java.util.Map;

/** A child's first words: its Netty, and the links that its transport is made for and cannot do here, each with the reason. */
final class ReadyLine {
    private static final String LACKS = "lacks-";

    private ReadyLine() { }

    static ControlLine of(TransportLoops loops) {
        ControlLine line = ControlLine.of("ready", "netty", TransportLoops.nettyVersion());
        loops.lacks().forEach((link, reason) -> line.fields().put(LACKS + link, reason));
        return line;
    }

    static Map<Link, String> lacks(ControlLine ready) {
        Map<Link, String> lacks = new EnumMap<>(Link.class);
        for (Link link : Link.values()) {
            String reason = ready.fields().get(LACKS + link);
            if (reason != null) {
                lacks.put(link, reason);
            }
        }
        return lacks;
    }
}
