package io.evpl.loop;

/** Where a loop's time comes from; tests put one in that they advance by hand. */
@FunctionalInterface
public interface LoopClock {
    /** The machine's monotonic clock. */
    LoopClock SYSTEM = System::nanoTime;

    /** @return nanoseconds since a fixed, arbitrary origin; never runs backwards */
    long nanoTime();
}
