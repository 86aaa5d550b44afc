package io.evpl.examples.perf.report;

/** Text that may hold anything, made harmless inside HTML and its attributes. */
final class Markup {
    private Markup() { }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
