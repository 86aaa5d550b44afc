package io.evpl.inproc;

import java.net.BindException;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;

/**
 * A name that is listened on, and the connections that nobody has accepted yet. Connecting happens on any thread and rarely:
 * a lock is enough. The names are the process's.
 */
public final class Backlog {
    private static final ConcurrentMap<String, Backlog> NAMES = new ConcurrentHashMap<>();

    private final String name;
    private final boolean messages;
    private final int maxPending;
    private final QueueLimits limits;
    private final ArrayDeque<Connection> pending = new ArrayDeque<>();
    private final Bell listener = new Bell();
    private boolean closed;

    private Backlog(String name, boolean messages, int maxPending, QueueLimits limits) {
        this.name = name;
        this.messages = messages;
        this.maxPending = maxPending;
        this.limits = limits;
    }

    /**
     * Begins to listen.
     *
     * @param messages whether message boundaries are kept
     * @param limits of what accepted connections send
     * @throws BindException somebody listens on that name
     */
    public static Backlog open(String name, boolean messages, int maxPending, QueueLimits limits) throws BindException {
        Backlog backlog = new Backlog(name, messages, maxPending, limits);
        if (NAMES.putIfAbsent(name, backlog) != null) {
            throw new BindException("inproc:" + name + " is in use: close its listener first, or bind another name");
        }
        return backlog;
    }

    /**
     * Connects from any thread: the returned end may be written to at once, whether or not the other is accepted yet.
     *
     * @param messages whether the caller keeps message boundaries, which both ends must agree on
     * @param up limits of what the caller sends
     * @throws ConnectException nobody listens, on another kind of channel, or too many wait already
     */
    public static Connection.End connect(String name, boolean messages, QueueLimits up) throws ConnectException {
        Backlog backlog = NAMES.get(name);
        if (backlog == null) {
            throw new ConnectException("connection refused: nobody listens on inproc:" + name);
        }
        if (backlog.messages != messages) {
            throw new ConnectException("connection refused: inproc:" + name + " is of kind " + kind(backlog.messages)
                    + ", this channel of kind " + kind(messages) + ": set INPROC_KIND alike on both");
        }
        Connection connection = new Connection(up, backlog.limits);
        backlog.add(connection);
        return connection.client();
    }

    private static String kind(boolean messages) {
        return messages ? "MESSAGE" : "STREAM";
    }

    private void add(Connection connection) throws ConnectException {
        synchronized (pending) {
            if (closed) {
                throw new ConnectException("connection refused: nobody listens on inproc:" + name);
            }
            if (pending.size() >= maxPending) {
                throw new ConnectException("connection refused: " + maxPending + " connections wait on inproc:" + name
                        + " to be accepted, and SO_BACKLOG allows no more");
            }
            pending.add(connection);
        }
        listener.call();
    }

    // ---- the listener's, on the thread of its loop

    public void attach(Executor loop, Runnable onConnection) {
        listener.attach(loop, onConnection);
    }

    public void detach() {
        listener.detach();
    }

    /** @return the listener's end of the next connection, null if there is none */
    public Connection.End accept() {
        synchronized (pending) {
            Connection connection = pending.poll();
            return connection == null ? null : connection.server();
        }
    }

    public boolean isEmpty() {
        synchronized (pending) {
            return pending.isEmpty();
        }
    }

    /** The name is free at once; who waits to be accepted is told why that will not happen. */
    public void close() {
        NAMES.remove(name, this);
        detach();
        synchronized (pending) {
            closed = true;
        }
        for (Connection.End end = accept(); end != null; end = accept()) {
            end.close(new ConnectException("inproc:" + name + " was closed before it accepted this connection"));
        }
    }
}
