package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandlerContext;

/**
 * A sender's flush, which knows when it is under way. On one loop Netty's LocalChannel runs the receiver within the sender's flush, and
 * the answer's handler too; a flush from there does nothing, and what it was to flush would stay.
 */
final class Flush implements Runnable {
    private final Runnable sending;
    private boolean underWay;
    private boolean queued;

    /** @param sending what is to be done when more may be sent */
    Flush(Runnable sending) {
        this.sending = sending;
    }

    void now(ChannelHandlerContext ctx) {
        boolean outer = underWay;
        underWay = true;
        ctx.flush();
        underWay = outer;
    }

    /** More may be sent: at once, or, if this is called from within the flush, in a task after it. */
    void sendOn(ChannelHandlerContext ctx) {
        if (!underWay) {
            sending.run();
        } else if (!queued) {
            queued = true;
            ctx.executor().execute(this);
        }
    }

    @Override
    public void run() {
        queued = false;
        sending.run();
    }
}
