package io.evpl.examples;

import java.io.Serial;

/** A command could not do what it was asked; the message is the one line its user reads, the exit code is 1. */
public final class CommandFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** What really happened, under whatever it was wrapped in. */
    public static Throwable rootOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
