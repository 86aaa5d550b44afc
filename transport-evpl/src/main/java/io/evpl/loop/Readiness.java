package io.evpl.loop;

/** Told by a backend what a descriptor is ready for. On the loop's thread, within {@link IoSource#poll}. */
@FunctionalInterface
public interface Readiness {
    /** @param pollEvents of {@link io.evpl.linux.Poll}; what is there now, as far as it has changed */
    void ready(int pollEvents);
}
