package io.evpl.conformance;

import java.util.LinkedHashMap;
import java.util.Map;

/** What must have come and what may have come until now, in sums over the whole program. */
final class Obligations {
    /** At least and at most so many; {@code fromMs} to {@code toMs} bound the times at which. */
    static final class Owed {
        long least;
        long most;
        long fromMs;
        long toMs = Long.MAX_VALUE;

        @Override
        public String toString() {
            return least == most ? Long.toString(least) : least + " to " + most;
        }
    }

    /** A place in an order: events of one line come with ranks that do not fall. */
    record Rank(String line, long rank) {
    }

    private final Map<Key, Owed> owed = new LinkedHashMap<>();
    private final Map<Key, Rank> ranks = new LinkedHashMap<>();

    Owed of(Key key) {
        return owed.computeIfAbsent(key, none -> new Owed());
    }

    /** Comes, so often more. */
    void owe(Key key, long amount) {
        of(key).least += amount;
        of(key).most += amount;
    }

    /** May come, so often more. */
    void allow(Key key, long amount) {
        of(key).most += amount;
    }

    /** Of what may come, so much more (or less, if negative) must. */
    void raise(Key key, long amount) {
        of(key).least += amount;
    }

    void between(Key key, long fromMs, long toMs) {
        of(key).fromMs = fromMs;
        of(key).toMs = toMs;
    }

    void rank(Key key, String line, long rank) {
        ranks.put(key, new Rank(line, rank));
    }

    Map<Key, Owed> all() {
        return owed;
    }

    Map<Key, Rank> ranks() {
        return ranks;
    }
}
