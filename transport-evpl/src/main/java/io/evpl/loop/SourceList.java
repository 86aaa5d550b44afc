package io.evpl.loop;

import io.evpl.linux.Poll;

import java.io.IOException;
import java.util.Arrays;

/**
 * Sources that were added to a loop beside the one it sleeps in. May change while it is polled: what was removed is not
 * polled any more, what was added is from the next turn on. The loop's thread.
 */
public final class SourceList {
    private static final int NO_FD = -1;
    private static final Place[] NONE = {};

    /** Replaced at each change, so that a loop over it goes on undisturbed. */
    private Place[] places = NONE;

    private static final class Place {
        private final IoSource source;
        /** Null for a source that only polling can see. */
        private final FdWatch watch;
        private boolean polled;
        private boolean armed;
        private boolean removed;

        Place(IoSource source, FdWatch watch) {
            this.source = source;
            this.watch = watch;
        }
    }

    /** Has a descriptor watched by the backend. */
    public interface Watcher {
        FdWatch watch(int fd, int pollEvents, Readiness readiness) throws IOException;
    }

    public boolean isEmpty() {
        return places.length == 0;
    }

    public boolean contains(IoSource source) {
        return indexOf(source) >= 0;
    }

    /** @param watcher watches the source's {@link IoSource#wakeFd()}, if it has one */
    public void add(IoSource source, Watcher watcher) throws IOException {
        assert !contains(source) : "added twice: " + source;
        int fd = source.wakeFd();
        // That it wakes the loop is all its descriptor is for: the source is polled then.
        FdWatch watch = fd == NO_FD ? null : watcher.watch(fd, Poll.POLLIN, pollEvents -> { });
        Place[] more = Arrays.copyOf(places, places.length + 1);
        more[places.length] = new Place(source, watch);
        places = more;
    }

    /** Takes it out, disarmed and not closed. @return false if it was not in */
    public boolean remove(IoSource source) {
        int index = indexOf(source);
        if (index < 0) {
            return false;
        }
        Place place = places[index];
        Place[] fewer = Arrays.copyOf(places, places.length - 1);
        System.arraycopy(places, index + 1, fewer, index, fewer.length - index);
        places = fewer;
        place.removed = true;
        disarm(place);
        if (place.watch != null) {
            place.watch.close();
        }
        return true;
    }

    private int indexOf(IoSource source) {
        for (int i = 0; i < places.length; i++) {
            if (places[i].source == source) {
                return i;
            }
        }
        return -1;
    }

    /** Polls each. @param budget for each @return what they did together */
    public int poll(int budget) {
        int count = 0;
        for (Place place : places) {
            if (!place.removed) {
                place.polled = true;
                count += poll(place.source, budget);
            }
        }
        return count;
    }

    private static int poll(IoSource source, int budget) {
        try {
            return source.poll(budget);
        } catch (AssertionError e) {
            throw e; // a bug of ours: see docs/style.md, Errors
        } catch (Throwable e) {
            Callback.threw("source", source, e);
            return 0;
        }
    }

    /** Arms each, so that the loop may sleep. @return false if one has work or is new, and none is armed */
    public boolean arm() {
        for (Place place : places) {
            if (!place.removed && !arm(place)) {
                disarm();
                return false;
            }
        }
        return true;
    }

    private static boolean arm(Place place) {
        if (!place.polled || !place.source.arm()) {
            return false;
        }
        place.armed = true;
        if (place.watch != null) {
            place.watch.rearm(Poll.POLLIN);
        }
        return true;
    }

    /** The loop is awake. */
    public void disarm() {
        for (Place place : places) {
            disarm(place);
        }
    }

    private static void disarm(Place place) {
        if (place.armed) {
            place.armed = false;
            place.source.disarm();
        }
    }

    /** Closes each that is left. */
    public void close() {
        while (places.length > 0) {
            IoSource source = places[places.length - 1].source;
            remove(source);
            try {
                source.close();
            } catch (RuntimeException e) {
                Callback.threw("source", source, e);
            }
        }
    }
}
