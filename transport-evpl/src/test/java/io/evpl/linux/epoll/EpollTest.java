package io.evpl.linux.epoll;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EpollTest {
    private static final int MAX_EVENTS = 4;
    private static final int FOREVER = -1;
    private static final long DATA = 0x8123456789abcdefL;

    private final Arena arena = Arena.ofShared();
    private final long events = NativeAddress.allocate(arena, (long) MAX_EVENTS * 16);
    private final long word = NativeAddress.allocate(arena, 8);
    private final long itimerspec = NativeAddress.allocate(arena, Epoll.ITIMERSPEC_BYTES);
    private final int epoll = Syscalls.epollCreate1(Epoll.EPOLL_CLOEXEC);

    @AfterEach
    void close() {
        assertEquals(0, Syscalls.close(epoll));
        arena.close();
    }

    @Test
    void anEventfdWakesTheSleeperWithTheDataItWasAddedWith() {
        int fd = eventfd(DATA);
        assertEquals(0, Syscalls.epollWait(epoll, events, MAX_EVENTS, 0), "nothing was written yet");
        signal(fd);
        assertEquals(1, Syscalls.epollWait(epoll, events, MAX_EVENTS, FOREVER));
        assertEquals(Epoll.EPOLLIN, Epoll.events(events, 0));
        assertEquals(DATA, Epoll.data(events, 0));
        assertEquals(8, Syscalls.read(fd, word, 8));
        assertEquals(1, NativeAddress.getLong(word));
        assertEquals(-Errno.EAGAIN, Syscalls.read(fd, word, 8));
        assertEquals(0, Syscalls.close(fd));
    }

    @Test
    void severalEventsLieBehindEachOther() {
        int[] fds = {eventfd(1), eventfd(-2), eventfd(3)};
        for (int fd : fds) {
            signal(fd);
        }
        assertEquals(3, Syscalls.epollWait(epoll, events, MAX_EVENTS, FOREVER));
        long sum = 0;
        for (int i = 0; i < 3; i++) {
            assertEquals(Epoll.EPOLLIN, Epoll.events(events, i));
            sum += Epoll.data(events, i);
        }
        assertEquals(1 - 2 + 3, sum);
        for (int fd : fds) {
            assertEquals(0, Syscalls.close(fd));
        }
    }

    @Test
    void edgeTriggeredEventsAreReportedOnce() {
        int fd = eventfd(DATA);
        Epoll.write(events, Epoll.EPOLLIN | Epoll.EPOLLET, DATA);
        assertEquals(0, Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_MOD, fd, events));
        signal(fd);
        assertEquals(1, Syscalls.epollWait(epoll, events, MAX_EVENTS, FOREVER));
        assertEquals(0, Syscalls.epollWait(epoll, events, MAX_EVENTS, 0));
        assertEquals(0, Syscalls.close(fd));
    }

    @Test
    void addingTwiceOrRemovingTheUnknownFails() {
        int fd = eventfd(DATA);
        assertEquals(-17, Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_ADD, fd, events), "EEXIST");
        assertEquals(0, Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_DEL, fd, 0));
        assertEquals(-Errno.ENOENT, Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_DEL, fd, 0));
        assertEquals(0, Syscalls.close(fd));
    }

    @Test
    void aTimerExpiresOnceAndCanBeDisarmed() {
        int fd = Syscalls.timerfdCreate(Epoll.CLOCK_MONOTONIC, Epoll.TFD_NONBLOCK | Epoll.TFD_CLOEXEC);
        assertTrue(fd >= 0, () -> Errno.text(-fd));
        add(fd, DATA);
        Epoll.writeTimer(itimerspec, 0, 1);
        assertEquals(0, Syscalls.timerfdSettime(fd, 0, itimerspec, 0));
        assertEquals(1, Syscalls.epollWait(epoll, events, MAX_EVENTS, FOREVER));
        assertEquals(8, Syscalls.read(fd, word, 8));
        assertEquals(1, NativeAddress.getLong(word), "expiries");
        Epoll.writeTimer(itimerspec, 3600, 0);
        assertEquals(0, Syscalls.timerfdSettime(fd, 0, itimerspec, 0));
        Epoll.writeTimer(itimerspec, 0, 0);
        assertEquals(0, Syscalls.timerfdSettime(fd, 0, itimerspec, 0));
        assertEquals(-Errno.EAGAIN, Syscalls.read(fd, word, 8));
        assertEquals(0, Syscalls.close(fd));
    }

    @Test
    void theEventIsPackedOnX86Only() {
        assertEquals(12, Epoll.eventBytes("amd64"));
        assertEquals(12, Epoll.eventBytes("x86_64"));
        assertEquals(4, Epoll.eventData("amd64"));
        assertEquals(16, Epoll.eventBytes("aarch64"));
        assertEquals(8, Epoll.eventData("aarch64"));
    }

    private int eventfd(long data) {
        int fd = Syscalls.eventfd(0, Epoll.EFD_NONBLOCK | Epoll.EFD_CLOEXEC);
        assertTrue(fd >= 0, () -> Errno.text(-fd));
        add(fd, data);
        return fd;
    }

    private void add(int fd, long data) {
        Epoll.write(events, Epoll.EPOLLIN, data);
        assertEquals(0, Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_ADD, fd, events));
    }

    private void signal(int fd) {
        NativeAddress.putLong(word, 1);
        assertEquals(8, Syscalls.write(fd, word, 8));
    }
}
