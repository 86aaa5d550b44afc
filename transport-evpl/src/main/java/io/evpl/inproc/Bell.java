package io.evpl.inproc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Wakes one end of a {@link Pipe}: its owner arms it before it stops looking, the other end rings it. The action runs on the
 * owner's loop, never within the ring.
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

    boolean isOn(Bell other) {
        Executor current = loop;
        return current != null && current == other.loop;
    }

    void arm() {
        ARMED.setOpaque(this, true);
    }

    void disarm() {
        ARMED.setOpaque(this, false);
    }

    boolean isArmed() {
        return (boolean) ARMED.getOpaque(this);
    }

    /**
     * Of an armed bell. The owner may disarm and arm again meanwhile, and lose that to us: no harm, for the action is still to
     * run, and looks.
     */
    void ring() {
        disarm();
        call();
    }

    /** Whether or not somebody waits. */
    void call() {
        Executor current = loop;
        if (current == null) {
            return;
        }
        try {
            current.execute(action);
        } catch (RejectedExecutionException e) {
            disarm(); // a loop that ends has closed its channels: nobody is there to be told
        }
    }
}
