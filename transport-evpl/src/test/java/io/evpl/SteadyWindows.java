package io.evpl;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Counts what two loops allocate, and one of them turns and enters, in window after window of so many messages: until a window
 * is steady, or there were enough. The compilers take their time on a busy machine: steady is the state that is reached, not the one
 * after so many messages. On the thread of the loop that sends.
 */
final class SteadyWindows {
    private static final int MESSAGES = 100_000;
    private static final int MOST_WINDOWS = 20;
    /** Bytes for each message that are somebody else's, a compiler's for instance. */
    static final double NEARLY_NOTHING = 0.5;
    /** The counters are read from another thread, one after the other. */
    private static final int SNAPSHOT_TURNS = 10;

    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final EvplEventLoop other;
    private final int warmUp;
    private final Predicate<SteadyWindows> steady;
    private final CountDownLatch done = new CountDownLatch(1);
    private int messages;
    private long allocatedBytes;
    private long turns;
    private long entries;
    private double bytesPerMessage = Double.MAX_VALUE;

    /** @param other the loop that answers, perhaps the same */
    SteadyWindows(EvplEventLoop other, int warmUp, Predicate<SteadyWindows> steady) {
        this.other = other;
        this.warmUp = warmUp;
        this.steady = steady;
    }

    /** Counts a message. @return whether there is to be another */
    boolean goesOn() {
        messages++;
        boolean windowEnds = messages > warmUp && (messages - warmUp) % MESSAGES == 0;
        if (windowEnds) {
            allocatedBytes += allocated();
            bytesPerMessage = (double) allocatedBytes / MESSAGES;
            turns += other.turns();
            entries += other.kernelEntries();
            if (isSteady() || messages == warmUp + MOST_WINDOWS * MESSAGES) {
                done.countDown();
            }
        }
        if (done.getCount() > 0 && (messages == warmUp || windowEnds)) {
            turns = -other.turns();
            entries = -other.kernelEntries();
            allocatedBytes = -allocated();
        }
        return done.getCount() > 0;
    }

    private long allocated() {
        long here = threads.getCurrentThreadAllocatedBytes();
        return other.inEventLoop() ? here : here + threads.getThreadAllocatedBytes(other.threadProperties().id());
    }

    boolean await() throws InterruptedException {
        return done.await(45, TimeUnit.SECONDS);
    }

    EvplEventLoop other() {
        return other;
    }

    boolean isSteady() {
        return steady.test(this);
    }

    double bytesPerMessage() {
        return bytesPerMessage;
    }

    double entriesPerMessage() {
        return (double) entries / MESSAGES;
    }

    boolean entersAtMostOnceATurn() {
        return entries <= turns + SNAPSHOT_TURNS;
    }

    /** Says what was counted; to be seen if it is not what it should be. */
    @Override
    public String toString() {
        return messages + " messages, " + bytesPerMessage + " bytes allocated for each, " + turns + " turns, "
                + entries + " kernel entries";
    }

    /** Sends back what comes. */
    static class Echoing extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message, ctx.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    /** Sends a message, and again when it has come back. */
    static final class Pinging extends ChannelInboundHandlerAdapter {
        private final SteadyWindows windows;

        Pinging(SteadyWindows windows) {
            this.windows = windows;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(PooledByteBufAllocator.DEFAULT.directBuffer(64).writeZero(64), ctx.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (windows.goesOn()) {
                ctx.writeAndFlush(message, ctx.voidPromise());
            } else {
                ReferenceCountUtil.release(message);
            }
        }
    }
}
