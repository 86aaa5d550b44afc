package io.evpl.examples.perf.child;

import java.util.Locale;

/** Who in a child JVM is spoken to, the first word of each line. Most children have one of the two, an in-process contestant has both. */
enum Role {
    SERVER, LOAD;

    String address(ControlLine line) {
        return name().toLowerCase(Locale.ROOT) + " " + line;
    }

    /** @throws IllegalArgumentException if {@code text} is addressed to nobody */
    static Role of(String text) {
        return valueOf(text.substring(0, Math.max(0, text.indexOf(' '))).toUpperCase(Locale.ROOT));
    }

    /** The line without its address. */
    static ControlLine line(String text) {
        return ControlLine.parse(text.substring(text.indexOf(' ') + 1));
    }
}
