package io.evpl.examples;

import picocli.CommandLine.TypeConversionException;

/** What {@code --backend} takes. To be applied before the first use of {@code io.evpl.Evpl}, which reads it once. */
public enum BackendName {
    IO_URING("io_uring"),
    EPOLL("epoll");

    private final String text;

    BackendName(String text) {
        this.text = text;
    }

    /** For picocli, whose own message for an enum lists every spelling twice. */
    static BackendName parse(String text) {
        for (BackendName name : values()) {
            if (name.text.equals(text)) {
                return name;
            }
        }
        throw new TypeConversionException("'" + text + "' is neither " + IO_URING + " nor " + EPOLL);
    }

    void force() {
        System.setProperty("io.evpl.backend", text);
    }

    @Override
    public String toString() {
        return text;
    }
}
