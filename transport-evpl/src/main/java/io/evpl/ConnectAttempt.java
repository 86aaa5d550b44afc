package io.evpl;

import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;

import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;

/** A channel's attempt to connect: its promise and its deadline. On the loop's thread. */
final class ConnectAttempt {
    /** How soon a unix server whose backlog is full is tried again: twice as long each time, up to what a user notices. */
    private static final int FIRST_AGAIN_MS = 1;
    private static final int MAX_AGAIN_MS = 64;

    private final EvplChannel channel;
    private final SocketAddress remote;
    private final ChannelPromise promise;
    private Future<?> timeout;
    private int againMs = FIRST_AGAIN_MS;

    ConnectAttempt(EvplChannel channel, SocketAddress remote, ChannelPromise promise) {
        this.channel = channel;
        this.remote = remote;
        this.promise = promise;
    }

    SocketAddress remote() {
        return remote;
    }

    /** From now on too late is a failure, and so is a promise that its owner cancels: both close the channel. */
    void begin() {
        int timeoutMs = channel.config().getConnectTimeoutMillis();
        if (timeoutMs > 0) {
            timeout = channel.eventLoop().schedule(() -> {
                if (!promise.isDone()) {
                    ConnectTimeoutException cause =
                            new ConnectTimeoutException("connection timed out after " + timeoutMs + " ms: " + remote);
                    channel.closesFor(CloseReason.failure(cause)); // first: the promise's listeners may close
                    promise.tryFailure(cause);
                    close();
                }
            }, timeoutMs, TimeUnit.MILLISECONDS);
        }
        promise.addListener(future -> {
            if (future.isCancelled()) {
                end();
                close();
            }
        });
    }

    /** Runs {@code connect} in a while: the server was busy. */
    void again(Runnable connect) {
        channel.eventLoop().schedule(connect, againMs, TimeUnit.MILLISECONDS);
        againMs = Math.min(againMs * 2, MAX_AGAIN_MS);
    }

    private void close() {
        channel.unsafe().close(channel.unsafe().voidPromise());
    }

    private void end() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }

    /** @return false if nobody wants the connection any more: the promise was cancelled, or failed */
    boolean succeed() {
        end();
        return promise.trySuccess();
    }

    void fail(Throwable cause) {
        end();
        promise.tryFailure(cause);
    }

    /** The channel closes, before or after the attempt has ended. */
    void abandon() {
        end();
        if (!promise.isDone()) {
            promise.tryFailure(new ClosedChannelException());
        }
    }
}
