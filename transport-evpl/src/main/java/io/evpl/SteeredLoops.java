package io.evpl;

import io.netty.channel.AbstractEventLoopGroup;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a listener's {@code ServerBootstrap} takes for its child group: registering a connection is steering it to an
 * attached loop, or keeping it until there is one. All on the accepting loop, but for what metrics read.
 */
final class SteeredLoops extends AbstractEventLoopGroup {
    private final EventLoop acceptor;
    private final Steering steering;
    private final ChannelGroup connections;
    /** The first loop was attached, or the last one left, or a connection came while there was none. */
    private final Runnable attachmentChanged;
    /** Attached, or detached with connections left: they are counted until they close. */
    private final Map<EvplEventLoop, AttachedLoop> known = new IdentityHashMap<>();
    /** What the kernel had accepted when the last loop left. Nothing is accepted then, so it does not grow. */
    private final ArrayDeque<ChannelPromise> waiting = new ArrayDeque<>();
    private volatile List<AttachedLoop> attached = List.of();
    private volatile int waitingCount;
    private volatile long accepted;
    private volatile long refused;

    SteeredLoops(EventLoop acceptor, Steering steering, ChannelGroup connections, Runnable attachmentChanged) {
        this.acceptor = acceptor;
        this.steering = steering;
        this.connections = connections;
        this.attachmentChanged = attachmentChanged;
    }

    // ---- attaching

    /** @throws IllegalStateException the loop shuts down */
    void attach(EvplEventLoop loop) {
        assert acceptor.inEventLoop();
        if (loop.isShuttingDown()) {
            throw new IllegalStateException("a loop that shuts down cannot be attached: " + loop);
        }
        forgetIdle();
        AttachedLoop joining = known.computeIfAbsent(loop,
                key -> new AttachedLoop(key, () -> runOnAcceptor(() -> detach(key))));
        if (attached.contains(joining)) {
            return;
        }
        joining.watch();
        List<AttachedLoop> loops = new ArrayList<>(attached);
        loops.add(joining);
        attached = List.copyOf(loops);
        deliverWaiting();
        attachmentChanged.run();
    }

    void detach(EvplEventLoop loop) {
        assert acceptor.inEventLoop();
        AttachedLoop leaving = known.get(loop);
        if (leaving == null || !attached.contains(leaving)) {
            return;
        }
        leaving.unwatch();
        attached = attached.stream().filter(other -> other != leaving).toList();
        forgetIdle();
        attachmentChanged.run();
    }

    private void forgetIdle() {
        known.values().removeIf(loop -> loop.live() == 0 && !attached.contains(loop));
    }

    private void runOnAcceptor(Runnable task) {
        if (!acceptor.isShuttingDown()) {
            acceptor.execute(task);
        }
    }

    List<AttachedLoop> attached() {
        return attached;
    }

    // ---- connections

    @Override
    public ChannelFuture register(Channel child) {
        assert acceptor.inEventLoop();
        accepted = accepted + 1;
        return steer(child, null);
    }

    private ChannelFuture steer(Channel child, ChannelPromise waited) {
        for (;;) {
            List<AttachedLoop> loops = attached;
            if (loops.isEmpty()) {
                return keep(waited == null ? new DefaultChannelPromise(child, acceptor) : waited);
            }
            AttachedLoop chosen;
            try {
                chosen = steering.choose(child, loops);
            } catch (RuntimeException e) {
                return refuse(child, waited, e);
            }
            if (chosen == null) {
                return refuse(child, waited, null);
            }
            if (!loops.contains(chosen)) {
                return refuse(child, waited, new IllegalStateException("steering chose a loop that is not attached: " + chosen));
            }
            if (!chosen.loop().isShuttingDown()) {
                return handOver(child, waited, chosen);
            }
            detach(chosen.loop());
        }
    }

    private ChannelFuture handOver(Channel child, ChannelPromise waited, AttachedLoop chosen) {
        connections.add(child);
        child.closeFuture().addListener(chosen.connectionAdded());
        return waited == null ? chosen.loop().register(child) : chosen.loop().register(waited);
    }

    private ChannelFuture keep(ChannelPromise promise) {
        waiting.add(promise);
        waitingCount = waiting.size();
        attachmentChanged.run();
        return promise;
    }

    private void deliverWaiting() {
        for (int most = waiting.size(); most > 0 && !attached.isEmpty(); most--) {
            ChannelPromise promise = waiting.poll();
            waitingCount = waiting.size();
            steer(promise.channel(), promise);
        }
    }

    /** @param cause null if it was the steering's decision: then the registration never ends, and nothing is logged */
    private ChannelFuture refuse(Channel child, ChannelPromise waited, Throwable cause) {
        refused = refused + 1;
        child.unsafe().closeForcibly();
        ChannelPromise promise = waited == null ? new DefaultChannelPromise(child, acceptor) : waited;
        return cause == null ? promise : promise.setFailure(cause);
    }

    /** Nobody will take them any more. */
    void refuseWaiting() {
        for (ChannelPromise promise = waiting.poll(); promise != null; promise = waiting.poll()) {
            refuse(promise.channel(), promise, null);
        }
        waitingCount = 0;
    }

    void detachAll() {
        attached.forEach(AttachedLoop::unwatch);
        attached = List.of();
        known.clear();
    }

    int waiting() {
        return waitingCount;
    }

    long accepted() {
        return accepted;
    }

    long refused() {
        return refused;
    }

    // ---- the rest of a group: not used by a ServerBootstrap, and answered for the accepting loop

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        throw new UnsupportedOperationException("connections are registered by themselves");
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        throw new UnsupportedOperationException("connections are registered by themselves");
    }

    @Override
    public EventLoop next() {
        return acceptor;
    }

    @Override
    public Iterator<EventExecutor> iterator() {
        return List.<EventExecutor>of(acceptor).iterator();
    }

    @Override
    public boolean isShuttingDown() {
        return acceptor.isShuttingDown();
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("a listener does not own its loops: close the listener");
    }

    @Override
    @Deprecated
    public void shutdown() {
        throw new UnsupportedOperationException("a listener does not own its loops: close the listener");
    }

    @Override
    public Future<?> terminationFuture() {
        return acceptor.terminationFuture();
    }

    @Override
    public boolean isShutdown() {
        return acceptor.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return acceptor.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return acceptor.awaitTermination(timeout, unit);
    }
}
