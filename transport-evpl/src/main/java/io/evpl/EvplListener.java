package io.evpl;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.bootstrap.ServerBootstrapConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Listens on one address or several, and spreads the connections over loops that are attached and detached while it runs.
 *
 * <p>One loop accepts; a {@link Steering} chooses the loop that serves each connection. Handlers, options and attributes
 * are those of the {@link ServerBootstrap} that it is made with. While no loop is attached nothing is accepted:
 * connections wait in the kernel's backlog, and those that it had accepted already wait here; the next loop gets them
 * all. A loop that shuts down is detached by itself. Detaching leaves a loop's connections where they are.
 *
 * <p>All methods may be called from any thread and do not block. What they return is completed by the accepting loop. Its end
 * is the listener's: {@link #closeFuture()} completes, and what was not done fails.
 */
public final class EvplListener {
    /** Turns of the accepting loop without a new connection after which a draining listener takes its backlog for empty. */
    private static final int QUIET_TURNS = 2;
    /** Most connections that a backlog can hold: listen(2) cuts it to this, and the kernel queues one more. */
    private static final int MAX_BACKLOG = NetUtil.SOMAXCONN + 1;

    /** SWEEPING: what is in the backlog is still accepted, then CLOSED follows. */
    private enum State { OPEN, SWEEPING, CLOSED }

    private final EventLoop acceptor;
    private final ServerBootstrap bootstrap;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final SteeredLoops loops;
    private final Set<Channel> servers = new LinkedHashSet<>();
    private final Promise<Void> closed = GlobalEventExecutor.INSTANCE.newPromise();
    private final Promise<Integer> drained = GlobalEventExecutor.INSTANCE.newPromise();
    private State state = State.OPEN;
    /** Connections that the deadline of a drain closed. Belongs to the listeners of {@link #closed}, one thread. */
    private int cut;

    /**
     * @param acceptor  loop that accepts; it may be attached, too
     * @param bootstrap with a child handler, options and attributes, and without groups; copied
     * @param steering  chooses the loop of each connection
     * @throws IllegalArgumentException the bootstrap has a group or has no child handler
     */
    public EvplListener(EventLoop acceptor, ServerBootstrap bootstrap, Steering steering) {
        this.acceptor = acceptor;
        ServerBootstrapConfig config = bootstrap.config();
        if (config.group() != null || config.childGroup() != null) {
            throw new IllegalArgumentException("the bootstrap has a group; leave it out: the listener has the accepting loop,"
                    + " and attach() gives it the others");
        }
        if (config.childHandler() == null) {
            throw new IllegalArgumentException("the bootstrap has no childHandler; set one to serve connections");
        }
        loops = new SteeredLoops(acceptor, steering, connections, this::applyAutoRead);
        this.bootstrap = bootstrap.clone().group(acceptor, loops).option(ChannelOption.AUTO_READ, false);
        ifAcceptorEndsBefore(closed, this::acceptorEnded);
    }

    @SuppressWarnings("unchecked") // Future<?> takes listeners of any result
    private <T> void ifAcceptorEndsBefore(Promise<T> due, Runnable action) {
        Future<Object> end = (Future<Object>) acceptor.terminationFuture();
        GenericFutureListener<Future<Object>> ended = done -> action.run();
        end.addListener(ended);
        due.addListener(done -> end.removeListener(ended)); // a loop outlives its listeners
    }

    // ---- addresses

    /**
     * Listens on one more address, with the bootstrap's kind of channel.
     *
     * @return the listening channel; fails as a bind does, and then nothing is left open
     */
    public Future<Channel> bind(SocketAddress address) {
        return bind(bootstrap, address);
    }

    /**
     * Listens on one more address, with the protocol's kind of channel: one listener can serve several protocols. The
     * bootstrap must have none of its own.
     *
     * @throws IllegalArgumentException      the endpoint is of another kind, or a host name
     * @throws UnsupportedOperationException the protocol is not available, or does not listen; the message says why
     */
    public Future<Channel> bind(EvplProtocol protocol, EvplEndpoint endpoint) {
        protocol.requireEndpoint(endpoint);
        if (endpoint.needsResolution()) {
            throw new IllegalArgumentException(endpoint + " is a name; listen on an address, such as [::]:" + endpoint.port()
                    + " for all of them");
        }
        return bind(bootstrap.clone().channelFactory(protocol.server()), endpoint.toAddress());
    }

    private Future<Channel> bind(ServerBootstrap from, SocketAddress address) {
        return onAcceptor(promise -> {
            requireOpen();
            ChannelFuture binding = from.bind(address);
            binding.addListener(bound -> {
                if (!bound.isSuccess()) {
                    failClosed(promise, binding.channel(), bound.cause());
                } else if (state != State.OPEN) {
                    failClosed(promise, binding.channel(), closedException());
                } else {
                    listening(binding.channel());
                    promise.trySuccess(binding.channel());
                }
            });
        });
    }

    /** Fails only when the descriptor is gone. */
    private static void failClosed(Promise<Channel> promise, Channel channel, Throwable cause) {
        if (channel.isOpen()) {
            channel.close().addListener(closed -> promise.tryFailure(cause));
        } else {
            promise.tryFailure(cause);
        }
    }

    private void listening(Channel server) {
        servers.add(server);
        server.closeFuture().addListener(gone -> servers.remove(server));
        applyAutoRead();
    }

    /** The channels that listen now are read from only if somebody takes what comes. */
    private void applyAutoRead() {
        boolean wanted = !loops.attached().isEmpty() && state != State.CLOSED;
        // A copy: reading may call the user, who may close.
        List.copyOf(servers).forEach(server -> server.config().setAutoRead(wanted));
    }

    // ---- loops

    /**
     * Attaches a loop, or all loops of a group. Those attached already stay as they are.
     *
     * @return fails with {@link IllegalStateException} if the listener is closed or a loop shuts down
     * @throws IllegalArgumentException not all are {@link EvplEventLoop}s
     */
    public Future<Void> attach(EventLoopGroup joining) {
        List<EvplEventLoop> each = evplLoops(joining);
        return onAcceptor(promise -> {
            requireOpen();
            each.forEach(loops::attach);
            promise.trySuccess(null);
        });
    }

    /**
     * Detaches a loop, or all loops of a group: it gets no more connections of this listener and keeps those that it has.
     *
     * @throws IllegalArgumentException not all are {@link EvplEventLoop}s
     */
    public Future<Void> detach(EventLoopGroup leaving) {
        List<EvplEventLoop> each = evplLoops(leaving);
        return onAcceptor(promise -> {
            each.forEach(loops::detach);
            promise.trySuccess(null);
        });
    }

    private static List<EvplEventLoop> evplLoops(EventLoopGroup group) {
        List<EvplEventLoop> each = new ArrayList<>();
        for (EventExecutor loop : group) { // a loop is a group of itself
            if (!(loop instanceof EvplEventLoop evplLoop)) {
                throw new IllegalArgumentException(loop + " is no EvplEventLoop; attach loops of an EvplEventLoopGroup");
            }
            each.add(evplLoop);
        }
        return each;
    }

    // ---- ending

    /** Stops listening at once. Connections that a loop serves go on; those that nobody had taken are closed. */
    public Future<Void> close() {
        onAcceptor(promise -> stopAccepting());
        return closed;
    }

    /** Completes when the listener listens no more. */
    public Future<Void> closeFuture() {
        return closed;
    }

    /**
     * Stops listening and waits for the connections to end. What is in the backlog is accepted first, if a loop is
     * attached; then the listening sockets close, and new connections are refused. What is still there when the time is
     * over is closed.
     *
     * @return the number of connections closed for the time was over: 0 if all ended by themselves
     */
    public Future<Integer> drain(long timeout, TimeUnit unit) {
        Future<Void> asked = onAcceptor(promise -> {
            Future<?> deadline = acceptor.schedule(this::cutConnections, timeout, unit);
            drained.addListener(done -> deadline.cancel(false));
            ifAcceptorEndsBefore(drained, () -> drained.tryFailure(
                    new IllegalStateException("the accepting loop ended before the listener was drained")));
            if (state == State.OPEN) {
                state = State.SWEEPING;
                sweep(0, loops.accepted(), loops.accepted() + (long) MAX_BACKLOG * servers.size());
            }
            closed.addListener(stopped -> connections.newCloseFuture()
                    .addListener(ended -> drained.trySuccess(cut)));
            promise.trySuccess(null);
        });
        asked.addListener(begun -> {
            if (!begun.isSuccess()) {
                drained.tryFailure(begun.cause());
            }
        });
        return drained;
    }

    /** Goes on until no connection came for {@link #QUIET_TURNS}, or as many came as can have waited at the beginning. */
    private void sweep(int quietTurns, long seen, long most) {
        if (state != State.SWEEPING) {
            return;
        }
        if (quietTurns == QUIET_TURNS || seen >= most || servers.isEmpty() || loops.attached().isEmpty()) {
            stopAccepting();
            return;
        }
        // A timer that is due runs in the next turn: the loop looks for connections in between.
        acceptor.schedule(() -> {
            long now = loops.accepted();
            sweep(now == seen ? quietTurns + 1 : 0, now, most);
        }, 0, TimeUnit.NANOSECONDS);
    }

    private void cutConnections() {
        stopAccepting();
        closed.addListener(stopped -> {
            cut = connections.size();
            connections.close();
        });
    }

    private void stopAccepting() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        ChannelGroup listening = new DefaultChannelGroup(acceptor);
        listening.addAll(servers);
        listening.close().addListener(done -> {
            loops.refuseWaiting();
            loops.detachAll();
            closed.trySuccess(null);
        });
    }

    /** The accepting loop has closed the listening channels, and runs nothing any more. */
    private void acceptorEnded() {
        loops.refuseWaiting();
        loops.detachAll();
        closed.trySuccess(null);
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw closedException();
        }
    }

    private static IllegalStateException closedException() {
        return new IllegalStateException("the listener is closed, or about to be");
    }

    private <T> Future<T> onAcceptor(Consumer<Promise<T>> action) {
        Promise<T> promise = GlobalEventExecutor.INSTANCE.newPromise();
        Runnable task = () -> {
            try {
                action.accept(promise);
            } catch (RuntimeException e) {
                promise.tryFailure(e);
            }
        };
        if (acceptor.inEventLoop()) {
            task.run();
            return promise;
        }
        try {
            acceptor.execute(task);
        } catch (RejectedExecutionException e) {
            promise.tryFailure(closedException());
        }
        return promise;
    }

    // ---- what it tells of itself

    /** The loops attached now, with their connections. */
    public List<AttachedLoop> loops() {
        return loops.attached();
    }

    /** Connections accepted so far. */
    public long accepted() {
        return loops.accepted();
    }

    /** Connections closed without having been served: by the steering, or for no loop came before the end. */
    public long refused() {
        return loops.refused();
    }

    /** Connections accepted that wait for a loop. */
    public int waiting() {
        return loops.waiting();
    }

    /** Connections served now, by attached and by detached loops. */
    public int live() {
        return connections.size();
    }
}
