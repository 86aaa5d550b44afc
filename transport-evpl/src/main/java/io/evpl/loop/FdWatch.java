package io.evpl.loop;

/** A descriptor watched by the backend in which its loop sleeps. All on the loop's thread. */
public interface FdWatch {
    /**
     * Its user has used up what {@link Readiness} said of {@code pollEvents}, and wants to be told of the next. Edges are
     * told anyway; a kernel that only looks at the level is asked again.
     */
    void rearm(int pollEvents);

    /** No {@link Readiness#ready} any more. The descriptor stays open, its owner's. */
    void close();
}
