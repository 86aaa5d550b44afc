package io.evpl.examples.doctor;

/**
 * One line of the report.
 * @param fix what to type or do, empty where there is nothing to mend; printed unbroken, so that it can be copied
 */
record Finding(String name, Mark mark, String text, String fix) {
    static Finding ok(String name, String text) {
        return new Finding(name, Mark.OK, text, "");
    }

    static Finding info(String name, String text) {
        return new Finding(name, Mark.INFO, text, "");
    }

    static Finding info(String name, String text, String fix) {
        return new Finding(name, Mark.INFO, text, fix);
    }

    static Finding warn(String name, String text, String fix) {
        return new Finding(name, Mark.WARN, text, fix);
    }

    static Finding fail(String name, String text, String fix) {
        return new Finding(name, Mark.FAIL, text, fix);
    }
}
