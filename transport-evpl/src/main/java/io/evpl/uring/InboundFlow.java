package io.evpl.uring;

import io.evpl.channel.ReadEvents;
import io.evpl.channel.ReceivedDescriptors;
import io.evpl.channel.StreamEvents;
import io.evpl.metrics.TrafficCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.ReferenceCounted;
import io.netty.util.UncheckedBooleanSupplier;

import java.util.ArrayDeque;

/**
 * From completions, which come as they like, to Netty's reads: {@code read()} allows one read, which is a run of
 * {@code channelRead}s and one {@code channelReadComplete}. What comes while no read is allowed waits here; a multishot
 * receive has run ahead of its user then, by no more than the buffers lent to the kernel.
 */
final class InboundFlow {
    private static final int NOT_ENDED = 1;

    private final ReadEvents events;
    private final TrafficCounters traffic;
    /** Null while unused, which is nearly always. */
    private ArrayDeque<ReferenceCounted> waiting;
    private boolean allowed;
    private boolean reading;
    private boolean moreThere;
    private boolean forced;
    private boolean passingOn;
    private int end = NOT_ENDED;
    private boolean endDelivered;

    InboundFlow(ReadEvents events) {
        this.events = events;
        traffic = events.traffic();
    }

    /** @return whether more data is wanted from the kernel */
    boolean beginRead() {
        allowed = true;
        if (!passingOn && !reading) {
            passOnWaiting();
        }
        return wantsData();
    }

    void stopRead() {
        allowed = false;
    }

    /** The peer has gone: what it left is passed on although nobody reads, so that the end can follow. */
    void forceRead() {
        forced = true;
        allowed = true;
        passOnWaiting();
    }

    boolean wantsData() {
        return (allowed || moreThere || reading && events.config().isAutoRead()) && end == NOT_ENDED;
    }

    boolean hasEnded() {
        return end != NOT_ENDED;
    }

    /**
     * Takes over {@code data}.
     *
     * @param data      a buffer, or the descriptors of one message
     * @param moreThere the socket has more, and no receive is armed: a read that may go on gets it
     * @return whether a read is open: {@link #batchEnded()} must follow
     */
    boolean received(ReferenceCounted data, boolean moreThere) {
        this.moreThere = false;
        if (!events.isOpen()) {
            data.release(); // what comes after close() is nobody's
            return false;
        }
        if (!allowed && !reading || hasWaiting()) {
            keep(data);
            return false;
        }
        pass(data);
        this.moreThere = reading && moreThere;
        return reading;
    }

    private boolean hasWaiting() {
        return waiting != null && !waiting.isEmpty();
    }

    private void keep(ReferenceCounted data) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(data);
    }

    private void pass(ReferenceCounted data) {
        RecvByteBufAllocator.ExtendedHandle handle = events.allocHandle();
        if (!reading) {
            reading = true;
            handle.reset(events.config());
        }
        allowed = forced; // one read was asked for; the user may ask for the next in channelRead
        int bytes = bytes(data);
        traffic.received(bytes);
        handle.attemptedBytesRead(bytes);
        handle.lastBytesRead(bytes);
        handle.incMessagesRead(1);
        fire(data);
        if (!handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER)) {
            completeRead();
        }
    }

    private static int bytes(ReferenceCounted data) {
        return switch (data) {
            case ByteBuf buffer -> buffer.readableBytes();
            case ByteBufHolder packet -> packet.content().readableBytes();
            default -> 1;
        };
    }

    private void fire(ReferenceCounted data) {
        if (data instanceof ReceivedDescriptors descriptors) {
            descriptors.passOn((StreamEvents) events); // datagrams bring none
        } else {
            events.pipeline().fireChannelRead(data);
        }
    }

    private void completeRead() {
        reading = false;
        moreThere = false;
        events.allocHandle().readComplete();
        events.pipeline().fireChannelReadComplete();
    }

    /** The completions at hand are dispatched. */
    void batchEnded() {
        if (reading && !moreThere) {
            completeRead();
        }
        passOnWaiting();
    }

    private void passOnWaiting() {
        if (passingOn) {
            return;
        }
        passingOn = true;
        try {
            while ((allowed || reading) && hasWaiting() && events.isOpen()) {
                pass(waiting.poll());
                if (reading && !hasWaiting()) {
                    completeRead();
                }
            }
        } finally {
            passingOn = false;
        }
        deliverEnd();
    }

    /** No more will come. @param result 0 or -errno of the last receive */
    void ended(int result) {
        end = result;
        moreThere = false;
    }

    /** Tells the channel of the end once all before it is passed on; an open read is completed first, and comes back here. */
    void deliverEnd() {
        if (end == NOT_ENDED || endDelivered || hasWaiting() || reading) {
            return;
        }
        endDelivered = true;
        if (!events.isOpen() || !(events instanceof StreamEvents stream)) {
            return; // datagrams have no end
        }
        if (end == 0) {
            stream.inputEnded();
        } else {
            stream.inputFailed(end);
        }
    }

    /** Nothing more comes this way. A channel that is open only leaves its loop: what it received is passed on first. */
    void close() {
        allowed = false;
        boolean passed = false;
        while (hasWaiting()) {
            ReferenceCounted data = waiting.poll();
            if (events.isOpen()) {
                passed = true;
                traffic.received(bytes(data));
                fire(data);
            } else {
                data.release();
            }
        }
        if (passed) {
            events.pipeline().fireChannelReadComplete();
        }
    }
}
