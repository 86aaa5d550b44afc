package io.evpl.epoll;

import io.evpl.channel.AddressCache;
import io.evpl.channel.DatagramBatch;
import io.evpl.channel.ChannelIo;
import io.evpl.channel.DatagramEvents;
import io.evpl.channel.DatagramIo;
import io.evpl.channel.ServerEvents;
import io.evpl.channel.StreamEvents;
import io.evpl.channel.StreamIo;
import io.evpl.channel.Transport;
import io.evpl.channel.WriteProgress;
import io.evpl.linux.Errno;
import io.evpl.linux.Mapping;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.epoll.Epoll;
import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.loop.FdWatch;
import io.evpl.loop.Readiness;
import io.evpl.loop.WakeFd;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** A loop's epoll instance: sleeps in it, and gives each channel its half of it. */
public final class EpollSource implements Transport {
    private static final int MAX_EVENTS = 1024;
    private static final int EVENTS_BYTES = MAX_EVENTS * Epoll.EVENT_BYTES;
    private static final int TIMESPEC_BYTES = 16;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long NS_PER_MS = 1_000_000L;
    private static final int FIRST_PLACES = 64;
    /** What the wake-up is registered with: no place has this number. */
    private static final long WAKE = -1;

    /** Whom readiness goes to. All on the loop's thread. */
    interface Target {
        /** @param events EPOLL*, 0 for the turn asked for with {@link EpollSource#again} */
        void ready(int events);
    }

    private final int epoll;
    private final WakeFd wakeFd;
    private final Mapping memory;
    private final long events;
    private final long timespec;
    /** Room for one gathering write. */
    private final long message;
    private AddressCache addresses;
    /** For the headers of datagrams; null while there was no datagram channel. */
    private Mapping datagramMemory;
    private Target[] targets = new Target[FIRST_PLACES];
    private int[] generations = new int[FIRST_PLACES];
    private int[] free = new int[FIRST_PLACES];
    private int freeCount;
    private int ready;
    /** Of those ready; the rest is for the next turn. */
    private int dispatched;
    private Target[] again = new Target[FIRST_PLACES];
    private Target[] againSpare = new Target[FIRST_PLACES];
    private int againCount;
    private boolean hasPwait2 = true;
    private long enters;

    private EpollSource(int epoll, WakeFd wakeFd, Mapping memory) {
        this.epoll = epoll;
        this.wakeFd = wakeFd;
        this.memory = memory;
        events = memory.address();
        timespec = events + EVENTS_BYTES + 7 & ~7;
        message = timespec + TIMESPEC_BYTES;
        addPlaces(0);
    }

    /** @throws IOException the kernel refuses an epoll instance; nothing is left open */
    public static EpollSource open(WakeFd wakeFd) throws IOException {
        int epoll = Syscalls.epollCreate1(Epoll.EPOLL_CLOEXEC);
        if (epoll < 0) {
            throw Errno.toException("epoll_create1", epoll);
        }
        Mapping memory;
        try {
            memory = Mapping.anonymous(EVENTS_BYTES + TIMESPEC_BYTES + MsgHdr.BYTES
                    + (long) WriteProgress.MAX_BUFFERS * Iovec.BYTES + 64);
        } catch (IOException e) {
            Syscalls.close(epoll);
            throw e;
        }
        return new EpollSource(epoll, wakeFd, memory);
    }

    @Override
    public void start() throws IOException {
        int result = add(wakeFd.fd(), Epoll.EPOLLIN | Epoll.EPOLLET, WAKE);
        if (result < 0) {
            throw Errno.toException("epoll_ctl", result);
        }
    }

    @Override
    public StreamIo stream(StreamEvents events) {
        return new EpollStreamIo(this, events);
    }

    @Override
    public ChannelIo server(ServerEvents events) {
        return new EpollServerIo(this, events);
    }

    @Override
    public DatagramIo datagram(DatagramEvents events) throws IOException {
        if (addresses == null) {
            addresses = new AddressCache();
        }
        if (datagramMemory == null) {
            datagramMemory = Mapping.anonymous(EpollDatagramIo.RECEIVE_BYTES + DatagramBatch.MAX_BYTES);
        }
        return new EpollDatagramIo(this, events, addresses);
    }

    /** The kernel holds nothing of a channel on epoll. */
    @Override
    public void settle(BooleanSupplier busy) {
        assert !busy.getAsBoolean() : "busy on epoll";
    }

    /** Each receive brings its own. */
    @Override
    public long lentBytes() {
        return 0;
    }

    // ---- what the channels' halves use

    /** As {@link #watch}, for a channel. @throws IllegalStateException no memory, or fs.epoll.max_user_watches */
    int watchChannel(int fd, int mask, Target target) {
        int place = watch(fd, mask, target);
        if (place < 0) {
            throw new IllegalStateException(Errno.toException("epoll_ctl", place));
        }
        return place;
    }

    /** Watches {@code fd} for edges. @return the place to give to {@link #unwatch}, or -errno */
    int watch(int fd, int mask, Target target) {
        if (freeCount == 0) {
            int from = targets.length;
            targets = Arrays.copyOf(targets, from * 2);
            generations = Arrays.copyOf(generations, from * 2);
            free = new int[from * 2];
            addPlaces(from);
        }
        int place = free[--freeCount];
        int result = add(fd, mask | Epoll.EPOLLET, (long) generations[place] << 32 | place);
        if (result < 0) {
            free[freeCount++] = place;
            return result;
        }
        targets[place] = target;
        return place;
    }

    private void addPlaces(int from) {
        for (int place = targets.length - 1; place >= from; place--) {
            free[freeCount++] = place;
        }
    }

    private int add(int fd, int mask, long data) {
        // the first event's place: nothing is ready while channels are added or removed between waits
        long event = message;
        Epoll.write(event, mask, data);
        return Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_ADD, fd, event);
    }

    /** Events that were reported already and not yet dispatched are dropped. */
    void unwatch(int fd, int place) {
        Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_DEL, fd, message);
        targets[place] = null;
        generations[place]++;
        free[freeCount++] = place;
    }

    /** Calls {@code target} with 0 in the next turn, which does not sleep before. */
    void again(Target target) {
        if (againCount == again.length) {
            again = Arrays.copyOf(again, againCount * 2);
        }
        again[againCount++] = target;
    }

    /** Room for a struct msghdr and {@link WriteProgress#MAX_BUFFERS} struct iovec, for the next system call. */
    long message() {
        return message;
    }

    /** {@link EpollDatagramIo#RECEIVE_BYTES}, for the headers of what is being received. */
    long receiveHeaders() {
        return datagramMemory.address();
    }

    /** {@link DatagramBatch#MAX_BYTES}, for the headers of what is being sent. */
    long sendHeaders() {
        return datagramMemory.address() + EpollDatagramIo.RECEIVE_BYTES;
    }

    // ---- the loop's side

    @Override
    public int poll(int budget) {
        if (ready == 0) {
            lookNow();
        }
        int events = Math.min(ready - dispatched, budget);
        int count = events + againCount;
        dispatchAgain();
        for (int i = 0; i < events; i++) {
            int event = dispatched++;
            dispatch(Epoll.data(this.events, event), Epoll.events(this.events, event));
        }
        if (dispatched == ready) {
            ready = 0;
            dispatched = 0;
        }
        return count;
    }

    private void dispatchAgain() {
        if (againCount == 0) {
            return;
        }
        // Whoever asks meanwhile is for the next turn.
        Target[] due = again;
        int count = againCount;
        again = againSpare;
        againSpare = due;
        againCount = 0;
        for (int i = 0; i < count; i++) {
            Target target = due[i];
            due[i] = null;
            target.ready(0);
        }
    }

    private void dispatch(long data, int mask) {
        if (data == WAKE) {
            return;
        }
        int place = (int) data;
        if (place >= 0 && place < targets.length && generations[place] == (int) (data >>> 32)
                && targets[place] != null) {
            targets[place].ready(mask);
        }
    }

    private void lookNow() {
        enters++;
        ready = Syscalls.epollLook(epoll, events, MAX_EVENTS);
    }

    private void waitFor(long timeoutNs) {
        enters++;
        int result;
        if (timeoutNs == FOREVER) {
            result = Syscalls.epollWait(epoll, events, MAX_EVENTS, (int) FOREVER);
        } else if (hasPwait2) {
            NativeAddress.putLong(timespec, timeoutNs / NS_PER_SECOND);
            NativeAddress.putLong(timespec + Long.BYTES, timeoutNs % NS_PER_SECOND);
            result = Syscalls.epollPwait2(epoll, events, MAX_EVENTS, timespec);
            if (result == -Errno.ENOSYS || result == -Errno.EPERM) {
                hasPwait2 = false; // Linux before 5.11, or a seccomp filter older than it: milliseconds do
                result = 0;
            }
        } else {
            // Rounded up: a timer may be late, never early.
            long timeoutMs = Math.min((timeoutNs + NS_PER_MS - 1) / NS_PER_MS, Integer.MAX_VALUE);
            result = Syscalls.epollWait(epoll, events, MAX_EVENTS, (int) timeoutMs);
        }
        if (result < 0 && result != -Errno.EINTR) {
            throw new AssertionError("epoll_wait: " + Errno.text(-result));
        }
        ready = Math.max(result, 0);
    }

    @Override
    public boolean hasWork() {
        return ready > 0 || againCount > 0;
    }

    @Override
    public boolean look() {
        if (!hasWork()) {
            lookNow();
        }
        return hasWork();
    }

    @Override
    public void sleep(long timeoutNs) {
        if (!hasWork()) {
            waitFor(timeoutNs);
        }
    }

    @Override
    public void wake() {
        wakeFd.ring();
    }

    /** A loop of ours sleeps in the epoll instance and does not ask; others wait for its descriptor. */
    @Override
    public boolean arm() {
        return !hasWork();
    }

    @Override
    public void disarm() {
        // nothing was armed
    }

    @Override
    public int wakeFd() {
        return epoll;
    }

    @Override
    public FdWatch watchFd(int fd, int pollEvents, Readiness readiness) throws IOException {
        return new EpollWatch(this, fd, pollEvents, readiness);
    }

    @Override
    public long enters() {
        return enters;
    }

    @Override
    public void close() {
        Syscalls.close(epoll);
        memory.close();
        if (addresses != null) {
            addresses.close();
        }
        if (datagramMemory != null) {
            datagramMemory.close();
        }
    }

    @Override
    public String toString() {
        return "epoll";
    }
}
