package io.evpl.examples.doctor;

/** How a finding is to be taken. */
enum Mark {
    OK("ok", "32"),
    /** Neither good nor bad: a fact, or something that only some programs need. */
    INFO("-", "2"),
    /** It works, but worse than it could. */
    WARN("warn", "33"),
    /** It does not work at all. */
    FAIL("fail", "31");

    private final String text;
    private final String sgr; // ECMA-48 "select graphic rendition"

    Mark(String text, String sgr) {
        this.text = text;
        this.sgr = sgr;
    }

    String text() {
        return text;
    }

    String sgr() {
        return sgr;
    }
}
