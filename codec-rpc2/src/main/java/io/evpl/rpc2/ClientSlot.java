package io.evpl.rpc2;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The place of one connection of a client, which comes with the first call and is made anew when it is lost and there are calls for it,
 * always on one loop. What has no word of its own about threads is the loop's.
 */
final class ClientSlot {
    /** One that cannot be reached is the last choice. */
    private static final int LOAD_WHEN_DOWN = 1 << 30;

    private final RpcClient client;
    private final RpcConfig config;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final SocketAddress remote;
    private final Backoff backoff;
    private final int maxWaitingCalls;
    /** Calls without an answer: from any thread. */
    private final AtomicInteger calls = new AtomicInteger();
    private final ArrayDeque<ClientCall<?, ?>> waiting = new ArrayDeque<>(0);
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** Connecting or connected, or null. */
    private RpcConnection connection;
    private boolean connected;
    /** Something has come over this connection. */
    private boolean heard;
    /** Connections in a row over which nothing was heard. */
    private volatile int failures;
    private ScheduledFuture<?> reconnect;
    private boolean closing;

    ClientSlot(RpcClient client, RpcConfig config, EventLoop loop, Bootstrap bootstrap, SocketAddress remote, Backoff backoff) {
        this.client = client;
        this.config = config;
        this.loop = loop;
        this.bootstrap = bootstrap.clone().group(loop);
        this.remote = remote;
        this.backoff = backoff;
        maxWaitingCalls = config.limits().maxWaitingCalls();
    }

    EventLoop loop() {
        return loop;
    }

    // ---- from any thread ----------------------------------------------------------------------------------------------

    int load() {
        return calls.get() + (failures > 0 ? LOAD_WHEN_DOWN : 0);
    }

    void begin(ClientCall<?, ?> call) {
        calls.incrementAndGet();
        if (!onLoop(call)) {
            call.fail(new ConnectionLostException("the client's loop has ended"));
        }
    }

    /** Now, if this is the loop; false if the loop has ended. */
    boolean onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return true;
        }
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    CompletableFuture<Void> close() {
        if (!onLoop(this::closeNow)) {
            closed.complete(null);
        }
        return closed;
    }

    // ---- on the loop --------------------------------------------------------------------------------------------------

    boolean isOpen() {
        return !closing;
    }

    /** Makes the call, as soon as there is a connection. */
    void send(ClientCall<?, ?> call) {
        if (closing) {
            call.fail(RpcClient.closedException());
        } else if (connected) {
            call.send(connection);
        } else if (waiting.size() >= maxWaitingCalls) {
            call.fail(new TooManyCallsException(waiting.size() + " calls wait already for a connection to " + remote));
        } else {
            waiting.addLast(call);
            connectIfNeeded();
        }
    }

    /** The call has ended, wherever it was. */
    void ended(ClientCall<?, ?> call) {
        calls.decrementAndGet();
        client.ended(call);
        if (!waiting.isEmpty()) {
            waiting.remove(call);
        }
    }

    private void connectIfNeeded() {
        if (connection != null || reconnect != null) {
            return;
        }
        if (failures == 0) {
            connect();
        } else {
            reconnect = loop.schedule(this::connect, backoff.waitNs(failures), TimeUnit.NANOSECONDS);
        }
    }

    private void connect() {
        reconnect = null;
        if (closing || waiting.isEmpty()) {
            return;
        }
        RpcConnection made = RpcConnection.connect(bootstrap, config, remote);
        connection = made;
        made.connected().whenComplete((_, failure) -> onLoop(() -> {
            if (failure == null) {
                connected(made);
            }
        }));
        made.closed().whenComplete((cause, _) -> onLoop(() -> {
            if (connection == made && cause.kind() == CloseCause.Kind.SECURITY) {
                refuse(cause);
            }
            lost(made);
            if (closing) {
                closed.complete(null);
            }
        }));
    }

    /** The peers do not trust each other, and will not the next time. */
    private void refuse(CloseCause cause) {
        RpcException failure = cause.detail() instanceof AuthException refusal ? refusal
                : new ConnectionLostException("the connection is gone: " + cause, cause.detail());
        for (int calls = waiting.size(); calls > 0 && !waiting.isEmpty(); calls--) {
            waiting.pollFirst().fail(failure);
        }
    }

    private void connected(RpcConnection made) {
        if (connection != made) {
            return;
        }
        connected = true;
        while (connected && !waiting.isEmpty()) {
            waiting.pollFirst().send(made);
        }
    }

    /** A reply has come: whatever failed before is over. */
    void heard(RpcConnection from) {
        if (connection == from) {
            heard = true;
            if (failures != 0) {
                failures = 0;
            }
        }
    }

    /** The connection is gone; heard of from each of its calls. */
    void lost(RpcConnection gone) {
        if (connection != gone) {
            return;
        }
        connection = null;
        connected = false;
        failures = heard ? 0 : failures + 1;
        heard = false;
        if (!closing && !waiting.isEmpty()) {
            connectIfNeeded();
        }
    }

    private void closeNow() {
        if (closing) {
            return;
        }
        closing = true;
        if (reconnect != null) {
            reconnect.cancel(false);
            reconnect = null;
        }
        while (!waiting.isEmpty()) {
            waiting.pollFirst().fail(RpcClient.closedException());
        }
        if (connection == null) {
            closed.complete(null);
        } else {
            connection.close();
        }
    }
}
