package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.net.ConnectException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Attempts to connect to the addresses of one target. On one loop, so that when one has won no other can. */
final class ConnectRace {
    /** RFC 8305 section 5, Connection Attempt Delay; section 8 recommends this, and 100 ms to 2 s at all. */
    static final long ATTEMPT_DELAY_MS = 250;
    /** Netty's default for CONNECT_TIMEOUT_MILLIS, as DefaultChannelConfig has it. */
    private static final int CONNECT_TIMEOUT_MS = 30_000;

    private final String target;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final Promise<Channel> winner;
    private final int timeoutMs;
    private final Future<?> deadline;
    private final Map<SocketAddress, ChannelFuture> underWay = new LinkedHashMap<>();
    private final Map<SocketAddress, Throwable> failed = new LinkedHashMap<>();
    private List<SocketAddress> addresses = List.of();
    private int next;
    private Future<?> nextAttempt;
    /** Channels that were opened and are not closed yet. */
    private int open;
    private Throwable failure;

    ConnectRace(String target, Bootstrap bootstrap, EventLoop loop) {
        this.target = target;
        this.bootstrap = bootstrap;
        this.loop = loop;
        winner = loop.newPromise();
        timeoutMs = bootstrap.config().options().get(ChannelOption.CONNECT_TIMEOUT_MILLIS) instanceof Integer ms
                ? ms : CONNECT_TIMEOUT_MS;
        deadline = timeoutMs == 0 ? null : loop.schedule(this::timeOut, timeoutMs, TimeUnit.MILLISECONDS);
        winner.addListener(over -> closeAll());
    }

    EventLoop loop() {
        return loop;
    }

    /** Cancelling it ends the race. */
    Future<Channel> winner() {
        return winner;
    }

    void start(List<SocketAddress> inOrder) {
        addresses = List.copyOf(new LinkedHashSet<>(inOrder));
        attempt();
    }

    private boolean isOver() {
        return failure != null || winner.isDone();
    }

    private void attempt() {
        assert loop.inEventLoop();
        if (isOver()) {
            return;
        }
        SocketAddress address = addresses.get(next++);
        ChannelFuture connecting = bootstrap.connect(address);
        if (connecting.channel().isOpen()) { // else there is none: it could not be opened
            underWay.put(address, connecting);
            open++;
            connecting.channel().closeFuture().addListener(closed -> closed());
        }
        if (next < addresses.size()) {
            nextAttempt = loop.schedule(this::attempt, ATTEMPT_DELAY_MS, TimeUnit.MILLISECONDS);
        }
        connecting.addListener(ended -> {
            if (loop.inEventLoop()) {
                ended(address, connecting);
            } else {
                loop.execute(() -> ended(address, connecting)); // without a channel there is no loop
            }
        });
    }

    private void ended(SocketAddress address, ChannelFuture connecting) {
        underWay.remove(address);
        if (connecting.isSuccess()) {
            if (failure == null && winner.trySuccess(connecting.channel())) {
                closeAll(); // before the loop hands on what the others may have got meanwhile
            } else {
                connecting.channel().close();
            }
            return;
        }
        if (isOver()) {
            return;
        }
        failed.put(address, connecting.cause());
        if (next < addresses.size()) {
            nextAttempt.cancel(false);
            attempt();
        } else if (underWay.isEmpty()) {
            fail(withCauses(new ConnectException(message("cannot connect to " + target))));
        }
    }

    private void timeOut() {
        for (SocketAddress address : underWay.keySet()) {
            failed.put(address, new ConnectTimeoutException("no answer"));
        }
        String what = addresses.isEmpty() ? "no address of " + target + " found within " + timeoutMs + " ms"
                : "cannot connect to " + target + " within " + timeoutMs + " ms";
        fail(withCauses(new ConnectTimeoutException(message(what))));
    }

    private String message(String what) {
        StringBuilder message = new StringBuilder(what);
        failed.forEach((address, cause) -> message.append("; ").append(address).append(": ").append(cause.getMessage()));
        return message.toString();
    }

    private <T extends Exception> T withCauses(T e) {
        failed.values().forEach(e::addSuppressed);
        return e;
    }

    /** It is told when no descriptor of the race's is open any more. */
    void fail(Throwable cause) {
        if (isOver()) {
            return;
        }
        failure = cause;
        closeAll();
        tellFailure();
    }

    private void closed() {
        open--;
        tellFailure();
    }

    private void tellFailure() {
        if (failure != null && open == 0) {
            winner.tryFailure(failure);
        }
    }

    /** Won, lost or cancelled: nobody else runs on. */
    private void closeAll() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (nextAttempt != null) {
            nextAttempt.cancel(false);
        }
        List<ChannelFuture> losers = new ArrayList<>(underWay.values());
        underWay.clear();
        losers.forEach(loser -> loser.channel().close());
    }
}
