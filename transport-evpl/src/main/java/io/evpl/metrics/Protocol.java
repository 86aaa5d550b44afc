package io.evpl.metrics;

import java.util.Locale;

/** By what a channel talks, as metrics and events tell it. */
public enum Protocol {
    TCP,
    UNIX,
    UDP,
    UNIX_DATAGRAM,
    INPROC;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** In labels: {@code tcp}, {@code unix_datagram}. */
    public String label() {
        return label;
    }
}
