package io.evpl.examples.perf.report;

import io.evpl.examples.perf.scenario.Transport;

/** Text that may hold anything, made harmless inside HTML and its attributes. */
final class Markup {
    private Markup() { }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** How the style sheet calls a transport. */
    static String style(Transport transport) {
        return transport.label().replace('+', '-');
    }
}
