package io.evpl.foreign;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.epoll.Epoll;
import io.evpl.loop.Callback;
import io.evpl.loop.FdWatch;
import io.evpl.loop.WakeFd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One daemon thread of the process that waits for the descriptors of armed sources and has their loops woken. It is there while
 * somebody has a watch, and touches no source: a loop's work is done on that loop.
 *
 * <p>A watch is armed for one event at a time (EPOLLONESHOT), so that a source which is being polled wakes nobody; arming looks at
 * the level, so that an event before it is not missed.
 */
final class IdleWatcher {
    private static final int MAX_EVENTS = 64;
    private static final int FIRST_PLACES = 16;
    private static final int FOREVER = -1;
    /** A loop whose task queue is full is asked again after so long. */
    private static final int RETRY_MS = 1;
    private static final long STOP = -1;

    /** The one there is; null while nobody watches. Guarded by the class. */
    private static IdleWatcher shared;

    private final int epoll;
    private final WakeFd stop = new WakeFd();
    private final Arena arena = Arena.ofShared();
    private final long event = NativeAddress.allocate(arena, Epoll.EVENT_BYTES);
    private final long events = NativeAddress.allocate(arena, (long) MAX_EVENTS * Epoll.EVENT_BYTES);
    /** Guarded by the class; the thread reads one element of the array that it finds. */
    private volatile Watch[] places = new Watch[FIRST_PLACES];
    private int watches;
    private int generation;
    private volatile boolean stopped;
    /** Those whose loops had no room for the task that wakes them. The thread's. */
    private final List<Watch> missed = new ArrayList<>();

    /** Who sleeps. */
    @FunctionalInterface
    interface Sleeping {
        /** By the watcher's thread. @return false if the loop has no room for a task: to be called again */
        boolean wake();
    }

    private IdleWatcher() throws IOException {
        epoll = Syscalls.epollCreate1(Epoll.EPOLL_CLOEXEC);
        int result = epoll < 0 ? epoll : control(Epoll.EPOLL_CTL_ADD, stop.fd(), Epoll.EPOLLIN, STOP);
        if (result < 0) {
            closeAll();
            throw Errno.toException("epoll", result);
        }
    }

    /**
     * Watches {@code fd}, the caller's, who closes the watch first. Not armed: {@link FdWatch#rearm} does that.
     *
     * @throws IOException the kernel does not watch it, or has no descriptor for the watcher; nothing is left behind
     */
    static synchronized FdWatch watch(int fd, Sleeping sleeping) throws IOException {
        if (shared == null) {
            shared = new IdleWatcher();
            Thread.ofPlatform().daemon().name("evpl-idle-watcher").start(shared::run);
        }
        IdleWatcher watcher = shared;
        try {
            return watcher.add(fd, sleeping);
        } finally {
            watcher.stopIfUnused();
        }
    }

    private Watch add(int fd, Sleeping sleeping) throws IOException {
        int place = 0;
        while (place < places.length && places[place] != null) {
            place++;
        }
        Watch watch = new Watch(fd, ++generation, place, sleeping);
        // An error or a hangup is told even so, once; then not before it is armed.
        int result = control(Epoll.EPOLL_CTL_ADD, fd, Epoll.EPOLLONESHOT, watch.data());
        if (result < 0) {
            watch.arena.close();
            throw new IOException("cannot watch descriptor " + fd + " of a source: " + Errno.text(-result));
        }
        Watch[] changed = Arrays.copyOf(places, Math.max(places.length, place + 1));
        changed[place] = watch;
        places = changed;
        watches++;
        return watch;
    }

    private int control(int operation, int fd, int mask, long data) {
        Epoll.write(event, mask, data);
        return Syscalls.epollCtl(epoll, operation, fd, event);
    }

    private void remove(Watch watch) {
        synchronized (IdleWatcher.class) {
            control(Epoll.EPOLL_CTL_DEL, watch.fd, 0, 0);
            Watch[] changed = places.clone();
            changed[watch.place] = null;
            places = changed;
            watches--;
            stopIfUnused();
        }
    }

    private void stopIfUnused() {
        if (watches == 0 && shared == this) {
            shared = null;
            stopped = true;
            stop.ring();
        }
    }

    private void run() {
        while (!stopped) {
            int count = Syscalls.epollWait(epoll, events, MAX_EVENTS, missed.isEmpty() ? FOREVER : RETRY_MS);
            if (count < 0 && count != -Errno.EINTR) {
                throw new AssertionError("epoll_wait: " + Errno.text(-count));
            }
            missed.removeIf(watch -> watch.closed || wakes(watch));
            for (int i = 0; i < count; i++) {
                told(Epoll.data(events, i));
            }
        }
        synchronized (IdleWatcher.class) { // whoever stopped the thread may still be ringing
            closeAll();
        }
    }

    private void told(long data) {
        Watch[] current = places;
        int place = (int) data;
        if (place < 0 || place >= current.length) {
            return; // STOP
        }
        Watch watch = current[place];
        if (watch != null && watch.data() == data && !wakes(watch)) {
            missed.add(watch);
        }
    }

    /** @return false if it must be called again */
    private static boolean wakes(Watch watch) {
        try {
            return watch.sleeping.wake();
        } catch (RuntimeException e) { // of a host's own rejection handler: others must be woken all the same
            Callback.threw("foreign loop", watch.sleeping, e);
            return true;
        }
    }

    private void closeAll() {
        if (epoll >= 0) {
            Syscalls.close(epoll);
        }
        stop.close();
        arena.close();
    }

    /** One descriptor. Its loop's, but for what is final. */
    private final class Watch implements FdWatch {
        private final int fd;
        private final int generation;
        private final int place;
        private final Sleeping sleeping;
        private final Arena arena = Arena.ofConfined();
        private final long armed = NativeAddress.allocate(arena, Epoll.EVENT_BYTES);
        private volatile boolean closed;

        Watch(int fd, int generation, int place, Sleeping sleeping) {
            this.fd = fd;
            this.generation = generation;
            this.place = place;
            this.sleeping = sleeping;
        }

        /** What the kernel gives back: a place, and who had it, for events that come after a watch was closed. */
        long data() {
            return (long) generation << 32 | place;
        }

        @Override
        public void rearm(int pollEvents) {
            Epoll.write(armed, pollEvents | Epoll.EPOLLONESHOT, data());
            int result = Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_MOD, fd, armed);
            if (result < 0) {
                throw new AssertionError("epoll_ctl of descriptor " + fd + ": " + Errno.text(-result)
                        + "; a source must be removed before its descriptor is closed");
            }
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                remove(this);
                arena.close();
            }
        }
    }
}
