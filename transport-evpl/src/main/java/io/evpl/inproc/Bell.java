package io.evpl.inproc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Wakes one end of a {@link Pipe}: its owner arms it before it stops looking, the other end rings it once. The action runs on
 * the owner's loop, never within the ring.
 */
final class Bell {
    private static final VarHandle ARMED;

    static {
        try {
            ARMED = MethodHandles.lookup().findVarHandle(Bell.class, "armed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private boolean armed;
    private Runnable action;
    /** Null while the owner is on no loop; it looks for itself when it comes to one. Written last when attaching. */
    private volatile Executor loop;

    void attach(Executor newLoop, Runnable newAction) {
        action = newAction;
        loop = newLoop;
    }

    void detach() {
        loop = null;
    }

    /** The owner looks once more after this: what was written before is seen then, or rings. */
    void arm() {
        ARMED.setVolatile(this, true);
    }

    void disarm() {
        ARMED.setOpaque(this, false);
    }

    boolean isArmed() {
        return (boolean) ARMED.getVolatile(this);
    }

    /** After a full fence that follows what the owner is to see. */
    void ring() {
        if ((boolean) ARMED.getOpaque(this) && ARMED.compareAndSet(this, true, false)) {
            call();
        }
    }

    /** For what happens once in a life, whether or not somebody waits. */
    void call() {
        Executor current = loop;
        if (current == null) {
            return;
        }
        try {
            current.execute(action);
        } catch (RejectedExecutionException e) {
            // A loop that ends has closed its channels: nobody is there to be told.
            disarm();
        }
    }
}
