package io.evpl.rpc2.gss;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What handles name, for all connections of a server, bounded in number and in time. Looking one up takes no lock, save that its place in
 * the order of use is renewed once a {@value #TOUCH_MS} ms; when there is no room, what was used longest ago goes.
 *
 * @param <T> what is named
 */
final class HandleTable<T> {
    /** How exact the order of use is: finer would put a lock into every call. */
    static final long TOUCH_MS = 1000;

    private static final class Entry<T> {
        private final T value;
        private final long endsMs;
        private volatile long usedMs;

        Entry(T value, long endsMs, long usedMs) {
            this.value = value;
            this.endsMs = endsMs;
            this.usedMs = usedMs;
        }
    }

    private final int maxEntries;
    private final InstantSource clock;
    private final ConcurrentHashMap<Handle, Entry<T>> entries = new ConcurrentHashMap<>();
    /** The same, the one used longest ago first. Guarded by itself. */
    private final LinkedHashMap<Handle, Entry<T>> byUse = new LinkedHashMap<>();

    /** @param clock wall-clock time, for that is what tickets end by */
    HandleTable(int maxEntries, InstantSource clock) {
        this.maxEntries = maxEntries;
        this.clock = clock;
    }

    /** Adds an entry for a while; an older one gives way if there is no room. */
    void put(Handle handle, T value, long lifetimeMs) {
        long now = clock.millis();
        long ends = lifetimeMs > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + lifetimeMs;
        synchronized (byUse) {
            makeRoom(now);
            Entry<T> entry = new Entry<>(value, ends, now);
            byUse.put(handle, entry);
            entries.put(handle, entry);
        }
    }

    /** What is named, or null if nothing is, or its time is over. */
    T find(Handle handle) {
        Entry<T> entry = entries.get(handle);
        if (entry == null) {
            return null;
        }
        long now = clock.millis();
        if (now >= entry.endsMs) {
            remove(handle);
            return null;
        }
        if (now - entry.usedMs >= TOUCH_MS) {
            touch(handle, entry, now);
        }
        return entry.value;
    }

    /** Takes an entry out: of several who try only one gets it. @return what was named, or null as {@link #find} */
    T remove(Handle handle) {
        synchronized (byUse) {
            byUse.remove(handle);
            Entry<T> entry = entries.remove(handle);
            return entry == null || clock.millis() >= entry.endsMs ? null : entry.value;
        }
    }

    int size() {
        return entries.size();
    }

    private void touch(Handle handle, Entry<T> entry, long now) {
        synchronized (byUse) {
            entry.usedMs = now;
            if (byUse.remove(handle, entry)) {
                byUse.put(handle, entry);
            }
        }
    }

    /** Drops what has ended, as far as it is the least used, and then what is the least used. */
    private void makeRoom(long now) {
        Iterator<Handle> oldest = byUse.keySet().iterator();
        while (oldest.hasNext()) {
            Handle handle = oldest.next();
            if (byUse.size() < maxEntries && now < byUse.get(handle).endsMs) {
                return;
            }
            oldest.remove();
            entries.remove(handle);
        }
    }
}
