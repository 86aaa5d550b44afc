package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.OpenFds;
import io.evpl.linux.Syscalls;
import io.evpl.linux.TestFds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Descriptors that a loop watches; with {@link FdEventOnLevelPollTest} on a kernel without multishot poll too. */
class FdEventTest {
    private static final long WINDOW_MS = 50;

    private final VirtualLoop virtual = new VirtualLoop();
    private final EvplEventLoop loop = virtual.loop();
    private final List<TestFds.Pair> pairs = new ArrayList<>();

    /** Counts, on the loop, and reads one message a callback. */
    private static class Counting implements FdEvent.Handler {
        final List<Integer> reads = new ArrayList<>();
        int writables;
        int errors;
        int hangups;

        @Override
        public void readable(FdEvent event) {
            int result = TestFds.read(event.fd());
            reads.add(result);
            if (result <= 0) {
                event.markUnreadable();
            }
        }

        @Override
        public void writable(FdEvent event) {
            writables++;
            while (TestFds.write(event.fd()) > 0) {
                // until it is full
            }
            event.markUnwritable();
        }

        @Override
        public void error(FdEvent event) {
            errors++;
        }

        @Override
        public void hangup(FdEvent event) {
            hangups++;
        }
    }

    @AfterEach
    void end() {
        virtual.close();
        pairs.forEach(TestFds.Pair::close);
    }

    private TestFds.Pair pipe() throws IOException {
        pairs.add(TestFds.pipe());
        return pairs.getLast();
    }

    private FdEvent reading(int fd, FdEvent.Handler handler) {
        return virtual.call(() -> {
            FdEvent event = loop.watch(fd, handler);
            event.wantRead(true);
            return event;
        });
    }

    private void assertSleeps() throws Exception {
        VirtualLoop.awaitStill(WINDOW_MS, loop);
    }

    private void awaitReads(Counting counting, Integer... expected) throws Exception {
        VirtualLoop.await(() -> virtual.call(counting.reads::size) >= expected.length);
        assertSleeps();
        assertEquals(List.of(expected), virtual.call(() -> List.copyOf(counting.reads)));
    }

    @Test
    void withoutAnEdgeTheCallbackComesAgainEachTurnUntilThePipeIsDrained() throws Exception {
        TestFds.Pair pipe = pipe();
        List<Long> turns = new ArrayList<>();
        Counting counting = new Counting() {
            @Override
            public void readable(FdEvent event) {
                turns.add(loop.turns());
                super.readable(event);
            }
        };
        for (int i = 0; i < 5; i++) {
            TestFds.write(pipe.writer());
        }
        reading(pipe.reader(), counting);
        awaitReads(counting, 8, 8, 8, 8, 8, -Errno.EAGAIN);
        assertEquals(6, virtual.call(() -> turns.stream().distinct().count()), "turns");
    }

    @Test
    void aNewEdgeRevivesADrainedDescriptor() throws Exception {
        TestFds.Pair pipe = pipe();
        Counting counting = new Counting();
        reading(pipe.reader(), counting);
        assertSleeps();
        TestFds.write(pipe.writer());
        awaitReads(counting, 8, -Errno.EAGAIN);
        TestFds.write(pipe.writer());
        awaitReads(counting, 8, -Errno.EAGAIN, 8, -Errno.EAGAIN);
    }

    @Test
    void noEdgeIsLostHoweverItMeetsTheDraining() throws Exception {
        TestFds.Pair pipe = pipe();
        int[] bytes = new int[1];
        reading(pipe.reader(), new FdEvent.Handler() {
            @Override
            public void readable(FdEvent event) {
                int result;
                while ((result = TestFds.read(event.fd())) > 0) {
                    bytes[0] += result;
                }
                event.markUnreadable();
            }
        });
        int sent = 0;
        for (int i = 0; i < 50_000; i++) {
            sent += Math.max(TestFds.write(pipe.writer()), 0);
        }
        int expected = sent;
        VirtualLoop.await(() -> virtual.call(() -> bytes[0]) == expected);
    }

    @Test
    void markReadableRevivesAParkedEvent() throws Exception {
        TestFds.Pair pipe = pipe();
        int[] calls = new int[1];
        FdEvent event = reading(pipe.reader(), new FdEvent.Handler() {
            @Override
            public void readable(FdEvent event) {
                calls[0]++;
                event.wantRead(false);
            }
        });
        virtual.run(event::markReadable);
        VirtualLoop.await(() -> virtual.call(() -> calls[0]) == 1);
        assertSleeps();
        virtual.run(() -> event.wantRead(true));
        VirtualLoop.await(() -> virtual.call(() -> calls[0]) == 2);
    }

    @Test
    void whatIsNotWantedIsRememberedAndKeepsNobodyAwake() throws Exception {
        TestFds.Pair pipe = pipe();
        Counting counting = new Counting();
        FdEvent event = virtual.call(() -> loop.watch(pipe.reader(), counting));
        TestFds.write(pipe.writer());
        assertSleeps();
        assertEquals(List.of(), virtual.call(() -> counting.reads));
        virtual.run(() -> event.wantRead(true));
        awaitReads(counting, 8, -Errno.EAGAIN);
    }

    @Test
    void roomToWriteIsToldAgainAfterTheOtherSideHasRead() throws Exception {
        TestFds.Pair pipe = pipe();
        Counting counting = new Counting();
        virtual.run(() -> loop.watch(pipe.writer(), counting).wantWrite(true));
        VirtualLoop.await(() -> virtual.call(() -> counting.writables) == 1);
        assertSleeps();
        assertEquals(1, virtual.call(() -> counting.writables));
        while (TestFds.read(pipe.reader()) > 0) {
            // make room
        }
        VirtualLoop.await(() -> virtual.call(() -> counting.writables) >= 2);
    }

    @Test
    void aSocketIsReadAndWritten() throws Exception {
        TestFds.Pair sockets = TestFds.sockets();
        pairs.add(sockets);
        Counting counting = new Counting();
        virtual.run(() -> {
            FdEvent event = loop.watch(sockets.reader(), counting);
            event.wantRead(true);
            event.wantWrite(true);
        });
        VirtualLoop.await(() -> virtual.call(() -> counting.writables) == 1);
        TestFds.write(sockets.writer());
        awaitReads(counting, 8, -Errno.EAGAIN);
    }

    @Test
    void eventfdsAndTimerfdsAreWatched() throws Exception {
        int eventfd = TestFds.eventfd();
        int timerfd = TestFds.timerfd(1_000_000);
        Counting event = new Counting();
        Counting timer = new Counting();
        FdEvent first = reading(eventfd, event);
        FdEvent second = reading(timerfd, timer);
        TestFds.write(eventfd);
        awaitReads(event, 8, -Errno.EAGAIN);
        awaitReads(timer, 8, -Errno.EAGAIN);
        virtual.run(first::close);
        virtual.run(second::close);
        Syscalls.close(eventfd);
        Syscalls.close(timerfd);
    }

    @Test
    @DisplayName("L7 a hangup is reported once, after what was left and the end could be read")
    void aHangupIsReportedOnce_L7() throws Exception {
        TestFds.Pair pipe = pipe();
        Counting counting = new Counting();
        reading(pipe.reader(), counting);
        TestFds.write(pipe.writer());
        Syscalls.close(pipe.writer());
        VirtualLoop.await(() -> virtual.call(() -> counting.hangups) == 1);
        virtual.window(5);
        assertSleeps();
        assertEquals(1, virtual.call(() -> counting.hangups));
        List<Integer> reads = virtual.call(() -> List.copyOf(counting.reads));
        assertEquals(8, reads.getFirst());
        assertEquals(0, reads.getLast(), "the end");
        pairs.clear();
        virtual.run(() -> { });
        Syscalls.close(pipe.reader());
    }

    @Test
    @DisplayName("L7 an error is reported once, not every pass")
    void anErrorIsReportedOnce_L7() throws Exception {
        TestFds.Pair pipe = pipe();
        Counting counting = new Counting();
        FdEvent event = virtual.call(() -> loop.watch(pipe.writer(), counting));
        Syscalls.close(pipe.reader());
        VirtualLoop.await(() -> virtual.call(() -> counting.errors) == 1);
        virtual.window(5);
        assertSleeps();
        assertEquals(1, virtual.call(() -> counting.errors));
        virtual.run(event::close);
        pairs.clear();
        Syscalls.close(pipe.writer());
    }

    @Test
    void closedInItsOwnCallbackItIsNotCalledAgain() throws Exception {
        TestFds.Pair sockets = TestFds.sockets();
        pairs.add(sockets);
        int[] calls = new int[2];
        TestFds.write(sockets.writer());
        virtual.run(() -> {
            FdEvent event = loop.watch(sockets.reader(), new FdEvent.Handler() {
                @Override
                public void readable(FdEvent event) {
                    calls[0]++;
                    event.close();
                    event.close();
                    event.wantRead(true);
                    event.markUnreadable();
                }

                @Override
                public void writable(FdEvent event) {
                    calls[1]++;
                }
            });
            event.wantRead(true);
            event.wantWrite(true);
        });
        VirtualLoop.await(() -> virtual.call(() -> calls[0]) == 1);
        int writables = virtual.call(() -> calls[1]);
        TestFds.write(sockets.writer());
        assertSleeps();
        assertEquals(1, virtual.call(() -> calls[0]));
        assertEquals(writables, virtual.call(() -> calls[1]));
    }

    @Test
    void aCallbackClosesAnotherThatIsReadyInTheSameTurn() throws Exception {
        FdEvent[] events = new FdEvent[2];
        int[] calls = new int[1];
        FdEvent.Handler closing = new FdEvent.Handler() {
            @Override
            public void readable(FdEvent event) {
                calls[0]++;
                events[0].close();
                events[1].close();
            }
        };
        TestFds.Pair first = pipe();
        TestFds.Pair second = pipe();
        TestFds.write(first.writer());
        TestFds.write(second.writer());
        virtual.run(() -> {
            events[0] = loop.watch(first.reader(), closing);
            events[1] = loop.watch(second.reader(), closing);
            events[0].wantRead(true);
            events[1].wantRead(true);
        });
        VirtualLoop.await(() -> virtual.call(() -> calls[0]) >= 1);
        assertSleeps();
        assertEquals(1, virtual.call(() -> calls[0]));
    }

    @Test
    void whatAClosedEventHadHeardDoesNotReachTheNextWithItsDescriptor() throws Exception {
        for (int i = 0; i < 50; i++) {
            Counting old = new Counting();
            Counting next = new Counting();
            TestFds.Pair pipe = TestFds.pipe();
            FdEvent event = reading(pipe.reader(), old);
            virtual.awaitSleep();
            FdEvent renewed = virtual.call(() -> {
                TestFds.write(pipe.writer()); // an edge on its way
                event.close();
                pipe.close();
                TestFds.Pair same = TestFds.pipe();
                pairs.add(same);
                assertEquals(pipe.reader(), same.reader(), "the number is used again");
                FdEvent renewing = loop.watch(same.reader(), next);
                renewing.wantRead(true);
                return renewing;
            });
            virtual.settle();
            virtual.awaitSleep();
            assertEquals(List.of(), virtual.call(() -> old.reads));
            assertEquals(0, virtual.call(() -> next.reads.stream().filter(result -> result > 0).count()));
            TestFds.write(pairs.getLast().writer());
            VirtualLoop.await(() -> virtual.call(() -> next.reads.contains(8)));
            virtual.run(renewed::close);
            pairs.removeLast().close();
        }
    }

    @Test
    void whatCannotBeWatchedIsRefusedByNameAndLeavesNothing(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        int regular = TestFds.open(file.toString());
        int directory = TestFds.open(folder.toString());
        int sink = TestFds.open("/dev/null");
        long fds = OpenFds.count();
        for (int fd : new int[] {regular, directory, sink}) {
            assertRefused(fd, "regular file");
        }
        assertRefused(987, "not open");
        assertRefused(-1, "not open");
        assertEquals(fds, OpenFds.count(), () -> OpenFds.list().toString());
        Syscalls.close(regular);
        Syscalls.close(directory);
        Syscalls.close(sink);
    }

    private void assertRefused(int fd, String why) {
        String message = virtual.call(() -> assertThrows(IOException.class, () -> loop.watch(fd, new Counting())).getMessage());
        assertTrue(message.contains("descriptor " + fd) && message.contains(why), message);
    }

    @Test
    void aDescriptorIsWatchedOnceALoopAndAgainAfterItsEventWasClosed() throws Exception {
        TestFds.Pair pipe = pipe();
        virtual.run(() -> {
            FdEvent event = loop.watch(pipe.reader(), new Counting());
            String message = assertThrows(IllegalStateException.class,
                    () -> loop.watch(pipe.reader(), new Counting())).getMessage();
            assertTrue(message.contains("closed before"), message);
            event.close();
            loop.watch(pipe.reader(), new Counting()).close();
        });
    }

    @Test
    void anExceptionInACallbackLosesNeitherTheOtherDirectionNorOthers() throws Exception {
        TestFds.Pair sockets = TestFds.sockets();
        pairs.add(sockets);
        Counting counting = new Counting() {
            @Override
            public void readable(FdEvent event) {
                super.readable(event);
                throw new IllegalStateException("on purpose");
            }
        };
        TestFds.write(sockets.writer());
        virtual.run(() -> {
            FdEvent event = loop.watch(sockets.reader(), counting);
            event.wantRead(true);
            event.wantWrite(true);
        });
        awaitReads(counting, 8, -Errno.EAGAIN);
        assertEquals(1, virtual.call(() -> counting.writables));
    }

    @Test
    void hundredsAreServed() throws Exception { // L1: more than libevpl's 256
        List<Counting> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            TestFds.Pair pipe = pipe();
            all.add(new Counting());
            reading(pipe.reader(), all.getLast());
            TestFds.write(pipe.writer());
        }
        for (Counting one : all) {
            VirtualLoop.await(() -> virtual.call(one.reads::size) == 2);
        }
        assertSleeps();
    }

    @Test
    void theLoopsEndLeavesTheDescriptorToItsOwnerAndNothingElse() throws Exception {
        new VirtualLoop().close();
        TestFds.Pair pipe = pipe();
        long fds = OpenFds.count();
        VirtualLoop other = new VirtualLoop();
        other.run(() -> other.loop().watch(pipe.reader(), new Counting()).wantRead(true));
        other.awaitSleep();
        other.close();
        assertEquals(fds, OpenFds.count(), () -> OpenFds.list().toString());
        assertEquals(8, TestFds.write(pipe.writer()));
        assertEquals(8, TestFds.read(pipe.reader()));
    }

    @Test
    void anotherThreadIsRefusedByName() throws Exception {
        TestFds.Pair pipe = pipe();
        FdEvent event = reading(pipe.reader(), new Counting());
        assertThrows(IllegalStateException.class, () -> loop.watch(pipe.writer(), new Counting()));
        assertTrue(assertThrows(IllegalStateException.class, event::close).getMessage().contains("FdEvent.close"));
        assertThrows(IllegalStateException.class, () -> event.wantRead(false));
        assertThrows(IllegalStateException.class, event::markUnreadable);
        assertFalse(virtual.call(event::toString).contains("closed"));
    }
}
