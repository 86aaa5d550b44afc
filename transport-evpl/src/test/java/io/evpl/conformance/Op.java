package io.evpl.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * One operation of a program. Slots name timers, connections and so on while they live; what an operation makes is known
 * in the log by the operation's place in the program.
 */
sealed interface Op {
    /** Sizes of what is sent: one byte, less than a buffer, several buffers, more than a socket buffer's first grant. */
    List<Integer> PAYLOAD_BYTES = List.of(1, 100, 8192, 131_072);
    List<Integer> WINDOW_MS = List.of(10, 100);
    List<Integer> DELAY_MS = List.of(1, 5, 20, 50, 120);
    /** Each window is at least as long: a repeating timer owes a firing in every window. */
    List<Integer> INTERVAL_MS = List.of(1, 3, 10);
    /** Pieces of a payload that is written in several writes with one flush. */
    int PIECES = 4;

    /** Time passes in one step; nothing is checked. */
    record Advance(int ms) implements Op {
    }

    /** Time passes in steps, what is owed is waited for, and the log is judged. */
    record Quiesce(int ms) implements Op {
        /** In long windows the loop moves the time itself, in short ones it sleeps between the steps. */
        boolean isAwake() {
            return ms == WINDOW_MS.getLast();
        }

        int steps() {
            return isAwake() ? 10 : 2;
        }

        int stepMs() {
            return ms / steps();
        }
    }

    enum TimerUse {
        /** T1, T2. */
        ONE_SHOT,
        /** The same with Netty's {@code schedule}. */
        SCHEDULED,
        /** T3. */
        PERIODIC,
        /** T6: armed once more by its own callback. */
        REARMED_IN_CALLBACK,
        /** T3, L2: repeats, and its first callback removes it. */
        REMOVED_IN_CALLBACK,
        /** L2: repeats, and its first callback adds a timer that is due before it. */
        ADDING_IN_CALLBACK;

        boolean repeats() {
            return switch (this) {
                case ONE_SHOT, SCHEDULED, REARMED_IN_CALLBACK -> false;
                case PERIODIC, REMOVED_IN_CALLBACK, ADDING_IN_CALLBACK -> true;
            };
        }
    }

    record ArmTimer(int slot, TimerUse use, int ms) implements Op {
    }

    /** A one-shot timer, armed or not, is armed for another time. */
    record RearmTimer(int slot, int ms) implements Op {
    }

    /** T4 if it is armed, T5 if it has fired. */
    record RemoveTimer(int slot) implements Op {
    }

    enum DeferralUse {
        /** D1; after a cancellation D6. */
        ARM,
        /** D2. */
        ARM_TWICE,
        /** D3: the callback arms it once more. */
        ARM_IN_CALLBACK,
        /** D4. */
        ARM_AND_CANCEL,
        /** D5. */
        CANCEL_IDLE,
        /** L3: all deferrals, this one first; they run in the order in which they were armed. */
        ARM_ALL
    }

    record Defer(int slot, DeferralUse use) implements Op {
    }

    enum BellUse {
        /** B5, if the slot had one before. */
        CREATE,
        /** B1, from another thread. */
        RING,
        /** B2. */
        RING_TWICE,
        /** B1, from its own loop. */
        RING_ON_LOOP,
        /** B3: rung, and closed by its callback. */
        CLOSE_IN_CALLBACK,
        /** B4: rung, and closed before the loop answers. */
        CLOSE_RUNG,
        CLOSE,
        /** B4: nobody answers. */
        RING_CLOSED
    }

    record Bell(int slot, BellUse use) implements Op {
    }

    enum SourceUse {
        /** P1. */
        ADD,
        /** P3: work arrives from another thread while the loop sleeps. */
        WORK,
        /** P3: work that only polling sees; the source refuses to be armed meanwhile. */
        UNSEEN_WORK,
        /** P7: work arrives before anybody polls. */
        ADD_WITH_WORK,
        /** P8. */
        REMOVE
    }

    record Source(int slot, SourceUse use) implements Op {
    }

    /** P4, P6: the loop does not sleep until as many {@link Unpin} have come. */
    record Pin() implements Op {
    }

    /** P5. */
    record Unpin() implements Op {
    }

    /** H1, H2. */
    record Hooks(boolean on) implements Op {
    }

    /** The server side of all later connections. */
    record Listen() implements Op {
    }

    /** C6: the listener goes; connections stay. */
    record StopListen() implements Op {
    }

    enum Drain { AUTO, MANUAL, TOGGLED }

    /** On which loops the ends are. */
    enum Loops { SAME, APART }

    /** Who writes within {@code channelActive}. */
    enum Greeting { NONE, CLIENT, SERVER }

    record Connect(int slot, Loops loops, Drain client, Drain server, boolean halfClosure, Greeting greeting) implements Op {
        Drain drain(Side side) {
            return switch (side) {
                case CLIENT -> client;
                case SERVER -> server;
            };
        }
    }

    /** Nobody listens: the connect's promise fails, and nothing else happens. */
    record ConnectRefused() implements Op {
    }

    /** What the bytes lie in: S5, S8. */
    enum BufferKind { HEAP, DIRECT, COMPOSITE, SLICE, READ_ONLY, FILE }

    /** How they are written: S5, S7. */
    enum WriteStyle { ON_LOOP, OFF_LOOP, VOID_PROMISE, IN_PIECES }

    record Send(int slot, Side from, int bytes, BufferKind buffer, WriteStyle style) implements Op {
        /** Lengths of the writes: a stream's bytes are divided, datagrams are not. */
        List<Integer> pieces(boolean stream) {
            if (style != WriteStyle.IN_PIECES || stream && bytes < PIECES) {
                return List.of(bytes);
            }
            List<Integer> pieces = new ArrayList<>();
            for (int i = 0; i < PIECES; i++) {
                pieces.add(!stream ? bytes : i < PIECES - 1 ? bytes / PIECES : bytes - (PIECES - 1) * (bytes / PIECES));
            }
            return pieces;
        }

        /** S7: who writes with the void promise is told nothing. */
        boolean isReported() {
            return style != WriteStyle.VOID_PROMISE;
        }
    }

    /** Stops reading: what is sent from now on must wait. */
    record Pause(int slot, Side side) implements Op {
    }

    record Resume(int slot, Side side) implements Op {
    }

    /** C3: nothing is in flight. */
    record Close(int slot, Side side) implements Op {
    }

    /** C4: no more is sent by this side; the peer closes once it has all. */
    record Finish(int slot, Side side) implements Op {
    }

    /** No more is sent by this side, and the peer goes on sending. */
    record HalfClose(int slot, Side side) implements Op {
    }

    /** Ends the connection at once, whatever is in flight. */
    record Reset(int slot, Side side) implements Op {
    }
}
