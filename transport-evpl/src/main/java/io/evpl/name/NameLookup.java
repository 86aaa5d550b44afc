package io.evpl.name;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One name being looked up in both families. When one has answered, the other has a little longer and no more: a server that
 * never answers questions of one family must not hold up the other. All on the loop.
 */
final class NameLookup {
    /**
     * RFC 8305 section 3, Resolution Delay. There only the slower IPv6 answer is waited for; a list that is complete at once
     * is worth waiting for either.
     */
    static final long RESOLUTION_DELAY_MS = 50;

    private final String name;
    private final EventLoop loop;
    private final Promise<List<InetAddress>> done;
    private final List<Future<List<InetAddress>>> families;
    private Future<?> delay;

    /** @param families in the order of their addresses in the answer */
    NameLookup(String name, EventLoop loop, List<Future<List<InetAddress>>> families) {
        this.name = name;
        this.loop = loop;
        this.families = families;
        done = loop.newPromise();
        families.forEach(family -> family.addListener(answered -> look()));
    }

    Future<List<InetAddress>> done() {
        return done;
    }

    void fail(UnknownHostException cause) {
        done.tryFailure(cause);
        if (delay != null) {
            delay.cancel(false);
        }
    }

    private void look() {
        if (done.isDone()) {
            return; // too late for this one; the cache has it for the next
        }
        if (families.stream().allMatch(Future::isDone)) {
            finish();
        } else if (delay == null && families.stream().anyMatch(Future::isSuccess)) {
            delay = loop.schedule(this::finish, RESOLUTION_DELAY_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void finish() {
        if (delay != null) {
            delay.cancel(false);
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (Future<List<InetAddress>> family : families) {
            if (family.isSuccess()) {
                addresses.addAll(family.getNow());
            }
        }
        if (addresses.isEmpty()) {
            done.tryFailure(unknown());
        } else {
            done.trySuccess(List.copyOf(addresses));
        }
    }

    private UnknownHostException unknown() {
        StringBuilder why = new StringBuilder(name);
        families.forEach(family -> why.append(": ").append(family.cause().getMessage()));
        UnknownHostException e = new UnknownHostException(why.toString());
        families.forEach(family -> e.addSuppressed(family.cause()));
        return e;
    }
}
