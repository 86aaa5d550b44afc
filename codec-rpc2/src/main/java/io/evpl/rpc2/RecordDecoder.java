package io.evpl.rpc2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Finds the records in a byte stream: record marking by RFC 5531, section 11. Each one is passed on as a {@link ByteBuf} without marks,
 * which belongs to the next handler. One that lies whole in a received buffer is a slice of it, or the buffer itself; nothing is copied.
 *
 * <p>A record may come in any fragments, empty ones included, within {@link RpcLimits#maxRecordBytes} and {@link RpcLimits#maxFragments}.
 * What goes beyond is noticed at the mark, before anything is stored. An empty record, which can hold no message, goes beyond as well.
 * Then the pipeline sees a {@link BadRecordException}, and the channel is closed.
 *
 * <p>With {@code autoRead} off, records that are here already wait here: each {@code read()} passes at least one on. So a handler behind
 * this one stops the flow at once by switching {@code autoRead} off.
 */
public final class RecordDecoder extends ChannelDuplexHandler {
    private static final int LAST = 0x8000_0000;

    private final RpcLimits limits;
    /** Received and not yet looked at; the first one partly. */
    private final ArrayDeque<ByteBuf> input = new ArrayDeque<>(4);
    private RecordAssembly assembly;

    /** The first bytes of a mark whose others have not come. */
    private int partialMark;
    private int partialMarkBytes;

    private boolean inRecord;
    private boolean inFragment;
    private boolean lastFragment;
    private int fragmentRemaining;
    private int recordBytes;
    private int fragments;
    /** Counts records that did not come in one piece; tells the timer one from the next. */
    private int recordNumber;

    private boolean draining;
    private boolean failed;
    /** A read() that no record has answered. */
    private boolean demanded;
    private ScheduledFuture<?> timer;

    /** With {@link RpcLimits#DEFAULT}. */
    public RecordDecoder() {
        this(RpcLimits.DEFAULT);
    }

    public RecordDecoder(RpcLimits limits) {
        this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        assembly = new RecordAssembly(ctx.alloc());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
        } else if (failed || !bytes.isReadable()) {
            bytes.release();
        } else {
            input.addLast(bytes);
            drain(ctx);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (inRecord && timer == null && !failed) {
            watch(ctx);
        }
        ctx.fireChannelReadComplete();
        if (demanded && !failed && !ctx.channel().config().isAutoRead()) {
            ctx.read(); // who asked for one has got none yet
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        demanded = true;
        if (!input.isEmpty() && !draining) {
            drain(ctx);
            ctx.fireChannelReadComplete();
        }
        if (demanded || ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    /** Whether nothing has been received beyond the last record that was passed on. On the loop. */
    public boolean isBetweenRecords() {
        return !inRecord && input.isEmpty();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        discard();
        ctx.fireChannelInactive();
    }

    /** What has been received and not looked at goes to the next handler as it came; a record's beginning is lost. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ArrayDeque<ByteBuf> rest = new ArrayDeque<>(input);
        input.clear();
        discard();
        rest.forEach(ctx::fireChannelRead);
    }

    private void discard() {
        failed = true;
        input.forEach(ByteBuf::release);
        input.clear();
        assembly.discard();
        inRecord = false;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    // ---- input --------------------------------------------------------------------------------------------------------

    private void drain(ChannelHandlerContext ctx) {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (!input.isEmpty() && (demanded || ctx.channel().config().isAutoRead())) {
                decode(ctx, input.peekFirst());
            }
        } finally {
            draining = false;
        }
    }

    /** Goes on to the next record, or to the buffer's end. The buffer is the first of the input, and leaves it at its end. */
    private void decode(ChannelHandlerContext ctx, ByteBuf in) {
        if (!inFragment && !readMark(ctx, in)) {
            return;
        }
        int readable = in.readableBytes();
        if (lastFragment && fragmentRemaining == recordBytes && assembly.isEmpty() && readable >= recordBytes) {
            int bytes = recordBytes;
            endRecord();
            if (readable == bytes) {
                input.removeFirst();
                pass(ctx, in);
            } else {
                pass(ctx, in.readRetainedSlice(bytes));
            }
            return;
        }
        int now = Math.min(readable, fragmentRemaining);
        if (now > 0) {
            assembly.add(in, now, lastFragment ? fragmentRemaining : Integer.MAX_VALUE);
            fragmentRemaining -= now;
        }
        consumed(in);
        if (fragmentRemaining == 0) {
            inFragment = false;
            if (lastFragment) {
                endRecord();
                pass(ctx, assembly.finish());
            }
        }
    }

    /** False if it is not there yet, or not to be had. */
    private boolean readMark(ChannelHandlerContext ctx, ByteBuf in) {
        int mark;
        if (partialMarkBytes == 0 && in.readableBytes() >= Integer.BYTES) {
            mark = in.readInt();
        } else {
            inRecord = true;
            while (partialMarkBytes < Integer.BYTES && in.isReadable()) {
                partialMark = partialMark << Byte.SIZE | in.readUnsignedByte();
                partialMarkBytes++;
            }
            if (partialMarkBytes < Integer.BYTES) {
                consumed(in);
                return false;
            }
            mark = partialMark;
            partialMarkBytes = 0;
        }
        if (!beginFragment(ctx, mark)) {
            return false;
        }
        if (fragmentRemaining > 0) {
            if (consumed(in)) {
                return false;
            }
        }
        return true;
    }

    private boolean beginFragment(ChannelHandlerContext ctx, int mark) {
        int bytes = mark & ~LAST;
        inRecord = true;
        lastFragment = (mark & LAST) != 0;
        // Both are positive and neither is beyond the limit, so nothing overflows.
        if (bytes > limits.maxRecordBytes() - recordBytes) {
            return fail(ctx, "a record of " + (recordBytes + (long) bytes) + " bytes or more, at most " + limits.maxRecordBytes()
                    + " allowed");
        }
        if (++fragments > limits.maxFragments()) {
            return fail(ctx, "a record in more than " + limits.maxFragments() + " fragments");
        }
        recordBytes += bytes;
        if (lastFragment && recordBytes == 0) {
            return fail(ctx, "an empty record");
        }
        fragmentRemaining = bytes;
        inFragment = true;
        return true;
    }

    private void endRecord() {
        inRecord = false;
        inFragment = false;
        recordBytes = 0;
        fragmentRemaining = 0;
        fragments = 0;
        recordNumber++;
    }

    private void pass(ChannelHandlerContext ctx, ByteBuf record) {
        demanded = false;
        ctx.fireChannelRead(record);
    }

    /** Lets go of the input's first buffer if nothing is left of it. */
    private boolean consumed(ByteBuf in) {
        if (in.isReadable()) {
            return false;
        }
        input.removeFirst();
        in.release();
        return true;
    }

    private boolean fail(ChannelHandlerContext ctx, String what) {
        discard();
        ctx.fireExceptionCaught(new BadRecordException(what));
        ctx.close();
        return false;
    }

    // ---- records that never end --------------------------------------------------------------------------------------

    private void watch(ChannelHandlerContext ctx) {
        int watched = recordNumber;
        timer = ctx.executor().schedule(() -> {
            timer = null;
            if (!inRecord || failed) {
                return;
            }
            // A peer whose bytes wait here is not slow.
            if (recordNumber == watched && input.isEmpty() && ctx.channel().config().isAutoRead()) {
                fail(ctx, "a record that was not whole after "
                        + TimeUnit.NANOSECONDS.toMillis(limits.recordTimeoutNs()) + " ms");
            } else {
                watch(ctx);
            }
        }, limits.recordTimeoutNs(), TimeUnit.NANOSECONDS);
    }
}
