package io.evpl.loop;

import java.io.IOException;

/** What polls {@link IoSource}s: a loop of ours, or a place on somebody else's. All on the loop's thread. */
public interface SourceHost {
    /**
     * Polls {@code source} from now on, and lets it wake the loop. Within a poll, too.
     *
     * @throws IOException              the kernel does not watch its {@link IoSource#wakeFd()}; it is not added
     * @throws IllegalArgumentException it was added already
     * @throws IllegalStateException    on another thread
     */
    void addSource(IoSource source) throws IOException;

    /**
     * Takes a source back, disarmed and open. Within a poll, too. One that is still there when the loop ends is closed by it.
     *
     * @return false if it was not there
     * @throws IllegalStateException on another thread
     */
    boolean removeSource(IoSource source);

    /**
     * A source was given work by a task or by somebody else's handler, which no descriptor tells of: an operation that its
     * next poll submits. Polls soon, even if the sources are armed. A loop of ours is awake while it runs a task, and polls after it.
     */
    default void pollSoon() {
        // nothing to do, but on other people's loops
    }
}
