package io.evpl.loop;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

/** A call into a user's code on a loop's thread: whatever it throws is logged, once, and the loop goes on. */
public final class Callback {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Callback.class);

    private Callback() {
    }

    /** @param kind what called, for the log: {@code timer} */
    static void run(Runnable callback, String kind) {
        try {
            callback.run();
        } catch (Throwable e) {
            threw(kind, callback, e);
        }
    }

    /** For calls that are not a {@link Runnable}'s. */
    public static void threw(String kind, Object callback, Throwable cause) {
        LOGGER.warn("A {} threw an exception: {}", kind, callback, cause);
    }
}
