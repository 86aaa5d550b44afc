package io.evpl;

/**
 * Told of a loop's turns, on its thread: to publish that the thread has gone quiet, as RCU needs it, or to count. Set with
 * {@link EvplEventLoop#setHooks}. What a hook throws is logged.
 */
public interface LoopHooks {
    /** A turn's I/O, tasks, timers and deferrals are done. */
    default void iterationEnd() {
    }

    /** The loop is about to sleep. What this leaves to do (a task, an armed deferral, a pin) keeps it awake. */
    default void beforeSleep() {
    }

    /** The loop is awake again. Follows each {@link #beforeSleep}, also if work that came meanwhile kept the loop awake. */
    default void afterSleep() {
    }
}
