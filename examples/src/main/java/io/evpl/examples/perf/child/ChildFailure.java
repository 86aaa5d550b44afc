package io.evpl.examples.perf.child;

/** A child JVM that died, did not answer in time, or answered what it should not. The message is one line for the report. */
public final class ChildFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public ChildFailure(String message) {
        super(message);
    }
}
