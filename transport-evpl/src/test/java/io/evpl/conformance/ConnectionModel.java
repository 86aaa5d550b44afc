package io.evpl.conformance;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Connections C1 to C6, data S1 to S8, datagrams U1 and U2. */
final class ConnectionModel {
    static final int GREETING_BYTES = 100;
    /** What a datagram costs a socket's buffer beside its bytes, generously. */
    private static final int DATAGRAM_OVERHEAD_BYTES = 1024;

    private final Obligations owed;
    private final Traits traits;
    private final Map<Integer, Connection> connections = new TreeMap<>();
    private boolean listening;

    /**
     * What was sent and is not known to have arrived.
     *
     * @param sent    the write's promise, null if nobody asked
     * @param failure what may be heard if the write fails: with the void promise, an exception
     */
    private record Parcel(Key key, long amount, int bytes, Key sent, Key failure) {
    }

    /** One direction, named by the end that sends. */
    private static final class Flow {
        /** Sent while the receiver read: it comes. If the receiver has paused since then: it may have come. */
        final List<Parcel> onTheWay = new ArrayList<>();
        /** Sent while the receiver did not read: it must not come. */
        final List<Parcel> held = new ArrayList<>();
        boolean paused;
        boolean ended;
        boolean endOnTheWay;
        int sent;

        boolean isQuiet() {
            return onTheWay.isEmpty() && held.isEmpty() && !endOnTheWay;
        }

        void quiesce() {
            if (!paused) {
                onTheWay.clear();
                endOnTheWay = false;
            }
        }

        /** Whoever writes with the void promise cannot know when the output may end. */
        boolean isReported() {
            return onTheWay.stream().allMatch(parcel -> parcel.sent() != null);
        }

        int bytes() {
            return onTheWay.stream().mapToInt(Parcel::bytes).sum() + held.stream().mapToInt(Parcel::bytes).sum();
        }
    }

    private static final class Connection {
        final int at;
        final Op.Connect made;
        final Map<Side, Flow> from = new EnumMap<>(Side.class);

        Connection(int at, Op.Connect made) {
            this.at = at;
            this.made = made;
            from.put(Side.CLIENT, new Flow());
            from.put(Side.SERVER, new Flow());
        }

        Flow to(Side side) {
            return from.get(side.peer());
        }

        boolean isQuiet() {
            return from.values().stream().allMatch(Flow::isQuiet);
        }

        boolean isReading() {
            return from.values().stream().noneMatch(flow -> flow.paused);
        }
    }

    ConnectionModel(Obligations owed, Traits traits) {
        this.owed = owed;
        this.traits = traits;
    }

    // ---- what is allowed

    boolean isListening() {
        return listening;
    }

    boolean mayListen() {
        return traits.has(Capability.CONNECTED) && !listening;
    }

    Iterable<Integer> slots() {
        return List.copyOf(connections.keySet());
    }

    boolean isPaused(int slot, Side side) {
        return connections.get(slot).to(side).paused;
    }

    boolean allows(Op.Connect connect) {
        return !connections.containsKey(connect.slot()) && (traits.has(Capability.CONNECTED)
                ? listening && (!connect.halfClosure() || traits.has(Capability.HALF_CLOSE))
                : !connect.halfClosure() && connect.greeting() == Op.Greeting.NONE);
    }

    boolean allows(Op.Send send) {
        Connection connection = connections.get(send.slot());
        if (connection == null || connection.from.get(send.from()).ended || send.bytes() > traits.maxPayloadBytes()
                || send.buffer() == Op.BufferKind.FILE && !traits.has(Capability.FILE)) {
            return false;
        }
        int bytes = send.pieces(traits.has(Capability.STREAM)).stream().mapToInt(this::bufferedBytes).sum();
        return connection.from.get(send.from()).bytes() + bytes <= traits.maxInFlightBytes();
    }

    private int bufferedBytes(int bytes) {
        return traits.has(Capability.STREAM) ? bytes : bytes + DATAGRAM_OVERHEAD_BYTES;
    }

    /** Not where the end reads by hand: what it has asked for it gets. */
    boolean allows(Op.Pause pause) {
        Connection connection = connections.get(pause.slot());
        return connection != null && !connection.to(pause.side()).paused && !connection.to(pause.side()).ended
                && connection.made.drain(pause.side()) == Op.Drain.AUTO;
    }

    boolean allows(Op.Resume resume) {
        return connections.containsKey(resume.slot()) && isPaused(resume.slot(), resume.side());
    }

    boolean allows(Op.Close close) {
        return connections.containsKey(close.slot()) && connections.get(close.slot()).isQuiet();
    }

    boolean allows(Op.Finish finish) {
        Connection connection = connections.get(finish.slot());
        return connection != null && traits.has(Capability.HALF_CLOSE) && !connection.made.halfClosure()
                && connection.isReading() && connection.from.get(finish.side()).isReported();
    }

    boolean allows(Op.HalfClose halfClose) {
        Connection connection = connections.get(halfClose.slot());
        return connection != null && connection.made.halfClosure() && !connection.from.get(halfClose.side()).ended
                && connection.isReading() && connection.from.get(halfClose.side()).isReported();
    }

    boolean allows(Op.Reset reset) {
        Connection connection = connections.get(reset.slot());
        return connection != null && traits.has(Capability.RESET) && !connection.made.halfClosure();
    }

    // ---- what is owed

    void listen(boolean on) {
        listening = on;
    }

    /** C1, C5: each end hears of it once. C2: nothing more comes of itself. U1: nothing comes of a pair of datagram sockets. */
    void connect(int at, Op.Connect connect) {
        Connection connection = new Connection(at, connect);
        connections.put(connect.slot(), connection);
        for (Side side : Side.values()) {
            owed.owe(Key.of(Key.What.CONNECTED, at, side), 1);
        }
        switch (connect.greeting()) {
            case NONE -> {
            }
            case CLIENT -> greet(connection, Side.CLIENT);
            case SERVER -> greet(connection, Side.SERVER);
        }
    }

    private void greet(Connection connection, Side from) {
        send(connection, from, new Parcel(arrival(connection, from, connection.at, 0), amount(GREETING_BYTES),
                GREETING_BYTES, null, Key.of(Key.What.EXCEPTION, connection.at, from)));
    }

    /** S1 to S5, U2: bytes, or one delivery for each datagram. S7: a completion for each promise. */
    void send(int at, Op.Send send) {
        Connection connection = connections.get(send.slot());
        Key sent = send.isReported() ? Key.of(Key.What.SENT, at) : null;
        Key failure = send.isReported() ? Key.of(Key.What.SEND_FAILED, at)
                : Key.of(Key.What.EXCEPTION, connection.at, send.from());
        int piece = 0;
        for (int bytes : send.pieces(traits.has(Capability.STREAM))) {
            send(connection, send.from(), new Parcel(arrival(connection, send.from(), at, piece++), amount(bytes),
                    bufferedBytes(bytes), sent, failure));
        }
    }

    private void send(Connection connection, Side from, Parcel parcel) {
        Flow flow = connection.from.get(from);
        if (traits.has(Capability.ORDERED) && !traits.has(Capability.STREAM)) {
            owed.rank(parcel.key(), "from " + from + "@" + connection.at, flow.sent++);
        }
        if (flow.paused) {
            flow.held.add(parcel);
        } else {
            flow.onTheWay.add(parcel);
            owed.owe(parcel.key(), parcel.amount());
        }
        if (parcel.sent() != null) {
            owed.allow(parcel.sent(), 1);
            oweCompletion(flow, parcel, 1);
        }
    }

    /** Completions of what a receiver does not take are not owed yet. */
    private void oweCompletion(Flow flow, Parcel parcel, int sign) {
        if (parcel.sent() != null && (sign < 0 || !flow.paused)) {
            owed.raise(parcel.sent(), sign);
        }
    }

    private Key arrival(Connection connection, Side from, int at, int piece) {
        return traits.has(Capability.STREAM) ? Key.of(Key.What.BYTES, connection.at, from.peer())
                : new Key(Key.What.MESSAGE, at, Integer.toString(piece));
    }

    private long amount(int bytes) {
        return traits.has(Capability.STREAM) ? bytes : 1;
    }

    void quiesce() {
        for (Connection connection : connections.values()) {
            connection.from.values().forEach(Flow::quiesce);
        }
    }

    void pause(Op.Pause pause) {
        Flow flow = connections.get(pause.slot()).to(pause.side());
        flow.paused = true;
        flow.onTheWay.forEach(parcel -> {
            owed.raise(parcel.key(), -parcel.amount());
            oweCompletion(flow, parcel, -1);
        });
    }

    void resume(Op.Resume resume) {
        Flow flow = connections.get(resume.slot()).to(resume.side());
        flow.paused = false;
        for (Parcel parcel : flow.onTheWay) {
            owed.raise(parcel.key(), parcel.amount());
            oweCompletion(flow, parcel, 1);
        }
        for (Parcel parcel : flow.held) {
            owed.owe(parcel.key(), parcel.amount());
            oweCompletion(flow, parcel, 1);
            flow.onTheWay.add(parcel);
        }
        flow.held.clear();
    }

    /** C3. With half-closure an end that hears of the other's end stays open: it is closed too. */
    void close(Op.Close close) {
        Connection connection = connections.get(close.slot());
        if (connection.made.halfClosure() && !connection.from.get(close.side()).ended) {
            owed.allow(Key.of(Key.What.INPUT_ENDED, connection.at, close.side().peer()), 1);
        }
        end(close.slot());
    }

    /** C4: what this side has sent arrives; what the other sent carries no promise. */
    void finish(Op.Finish finish) {
        Connection connection = connections.get(finish.slot());
        forgive(connection.to(finish.side()));
        end(finish.slot());
    }

    void halfClose(Op.HalfClose halfClose) {
        Connection connection = connections.get(halfClose.slot());
        connection.from.get(halfClose.side()).ended = true;
        connection.from.get(halfClose.side()).endOnTheWay = true;
        owed.owe(Key.of(Key.What.INPUT_ENDED, connection.at, halfClose.side().peer()), 1);
    }

    /** Each end hears of it once; the peer may hear why. */
    void reset(Op.Reset reset) {
        Connection connection = connections.get(reset.slot());
        connection.from.values().forEach(this::forgive);
        owed.allow(Key.of(Key.What.EXCEPTION, connection.at, reset.side().peer()), 1);
        end(reset.slot());
    }

    private void end(int slot) {
        Connection connection = connections.remove(slot);
        for (Side side : Side.values()) {
            owed.owe(Key.of(Key.What.DISCONNECTED, connection.at, side), 1);
        }
    }

    /** It may arrive or not; each promise completes, one way or the other. */
    private void forgive(Flow flow) {
        for (Parcel parcel : flow.onTheWay) {
            if (!flow.paused) {
                owed.raise(parcel.key(), -parcel.amount());
            }
            mayFail(flow, parcel);
        }
        for (Parcel parcel : flow.held) {
            owed.allow(parcel.key(), parcel.amount()); // an end that goes may pass on what is left
            mayFail(flow, parcel);
        }
    }

    private void mayFail(Flow flow, Parcel parcel) {
        owed.allow(parcel.failure(), 1);
        if (parcel.sent() != null && flow.paused) {
            owed.raise(parcel.sent(), 1);
        }
    }
}
