package io.evpl.examples.perf.scenario;

/** Which way a stream's payload flows, seen from the server. */
public enum Direction {
    IN, OUT, BOTH;

    public boolean serverReceives() {
        return this != OUT;
    }

    public boolean serverSends() {
        return this != IN;
    }

    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
