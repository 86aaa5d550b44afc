package io.evpl;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import java.util.ArrayDeque;

/**
 * Cuts a stream into segments, whose length a subclass finds in their first bytes: so a reliable stream becomes a reliable
 * message protocol, on any channel of Netty's. A segment is passed on as one buffer, which its receiver releases: what was
 * received, or a slice of it; nothing is copied but small pieces of a segment that arrived in several.
 *
 * <p>A length that is negative or above the limit, and a subclass that throws, are a {@link SegmentException} to
 * {@code exceptionCaught} and close the channel; nothing more is passed on then. Nothing is either once a handler has closed
 * the channel. An incomplete segment at the end of the stream is dropped. A decoder that is removed passes on what it has not
 * decoded. One instance serves one channel.
 */
public abstract class SegmentDecoder extends ChannelInboundHandlerAdapter {
    private final int maxSegmentBytes;
    private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>(2);
    /** The beginning of a segment whose length is not known yet, null if there is none. */
    private ByteBuf head;
    private boolean headIsOurs;
    /** The beginning of a segment whose length is known, null if there is none. */
    private SegmentAssembly assembly;
    private boolean decoding;
    private boolean broken;
    private boolean passedOn;

    /**
     * @param maxSegmentBytes the longest segment, header included, that a peer may make us wait for and keep
     * @throws IllegalArgumentException it is less than 1
     */
    protected SegmentDecoder(int maxSegmentBytes) {
        if (maxSegmentBytes < 1) {
            throw new IllegalArgumentException("maxSegmentBytes: at least 1, not " + maxSegmentBytes);
        }
        this.maxSegmentBytes = maxSegmentBytes;
    }

    /**
     * How long the segment is that begins at {@code in}'s reader index. Called on the channel's loop, again with more bytes
     * after each 0.
     *
     * @param in at least one readable byte; to look at: its indexes are put back, nothing may be written or released
     * @return the whole length in bytes, header included; 0 if more bytes are needed to say; negative to close the channel
     */
    protected abstract int segmentBytes(ByteBuf in) throws Exception;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ensureNotSharable();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf in)) {
            ctx.fireChannelRead(message);
            return;
        }
        arrived.add(in);
        if (decoding) {
            return; // a handler further on made the channel read: in order, once that one is done
        }
        decoding = true;
        while ((in = arrived.poll()) != null) {
            decode(ctx, in);
        }
        decoding = false;
        if (ctx.isRemoved()) {
            passOnRest(ctx);
        }
    }

    /** @param in given away */
    private void decode(ChannelHandlerContext ctx, ByteBuf in) {
        while (in.isReadable() && isDelivering(ctx)) {
            if (assembly != null) {
                if (assembly.add(in, ctx.alloc())) {
                    ByteBuf segment = assembly.finish(ctx.alloc());
                    assembly = null;
                    passOn(ctx, segment);
                }
            } else if (head != null) {
                if (!decodeHead(ctx, in)) {
                    return;
                }
            } else {
                int bytes = measure(ctx, in);
                if (bytes == 0 && isDelivering(ctx)) {
                    head = in;
                    headIsOurs = false;
                    return;
                }
                if (bytes == in.readableBytes()) {
                    passOn(ctx, in);
                    return;
                }
                begin(ctx, in, bytes);
            }
        }
        if (in.isReadable() && ctx.isRemoved() && !broken && ctx.channel().isOpen()) {
            passOnRest(ctx);
            ctx.fireChannelRead(in);
        } else {
            in.release();
        }
    }

    /** With more bytes after the head the length may be known. @return false if it is not, and {@code in} was taken */
    private boolean decodeHead(ChannelHandlerContext ctx, ByteBuf in) {
        ByteBuf view = ctx.alloc().compositeBuffer(2).addComponent(true, head.retainedSlice())
                .addComponent(true, in.retainedSlice());
        int bytes = measure(ctx, view);
        view.release();
        if (bytes > 0) {
            ByteBuf known = head;
            head = null;
            begin(ctx, known, bytes);
            if (known.isReadable()) {
                head = known; // a protocol that needed to see more than the segment
                headIsOurs = false; // but its receiver's as well
            } else {
                known.release();
            }
        } else if (isDelivering(ctx)) {
            appendToHead(in, ctx.alloc());
            return false;
        }
        return true;
    }

    /** Into memory of our own: what was received may be somebody else's beyond its end. @param in given away */
    private void appendToHead(ByteBuf in, ByteBufAllocator allocator) {
        if (!headIsOurs) {
            ByteBuf copy = allocator.buffer(head.readableBytes() + in.readableBytes()).writeBytes(head);
            head.release();
            head = copy;
            headIsOurs = true;
        }
        head.writeBytes(in); // grows by doubling
        in.release();
    }

    /** Passes on a segment that is all in {@code in}, or begins to assemble it. {@code in} stays the caller's. */
    private void begin(ChannelHandlerContext ctx, ByteBuf in, int bytes) {
        if (bytes > in.readableBytes()) {
            assembly = new SegmentAssembly(bytes);
            assembly.add(in, ctx.alloc());
        } else if (bytes > 0) {
            passOn(ctx, in.readRetainedSlice(bytes));
        }
    }

    /** @return more than 0; or 0 if more bytes are needed, or if the channel was closed */
    private int measure(ChannelHandlerContext ctx, ByteBuf in) {
        int reader = in.readerIndex();
        int writer = in.writerIndex();
        int bytes;
        try {
            bytes = segmentBytes(in);
        } catch (Exception e) {
            fail(ctx, new SegmentException("a segment's length could not be read: " + e, e));
            return 0;
        }
        in.setIndex(reader, writer);
        if (bytes < 0) {
            fail(ctx, new SegmentException("a segment of " + bytes + " bytes: the stream is not what "
                    + getClass().getSimpleName() + " decodes"));
            return 0;
        }
        if (bytes > maxSegmentBytes) {
            fail(ctx, new SegmentException("a segment of " + bytes + " bytes: the limit is " + maxSegmentBytes));
            return 0;
        }
        if (bytes == 0 && in.readableBytes() >= maxSegmentBytes) {
            fail(ctx, new SegmentException("a segment whose length " + in.readableBytes() + " bytes do not tell: the limit is "
                    + maxSegmentBytes));
        }
        return bytes;
    }

    private void fail(ChannelHandlerContext ctx, SegmentException cause) {
        broken = true;
        ctx.fireExceptionCaught(cause);
        ctx.close();
    }

    private boolean isDelivering(ChannelHandlerContext ctx) {
        return !broken && !ctx.isRemoved() && ctx.channel().isOpen();
    }

    private void passOn(ChannelHandlerContext ctx, ByteBuf segment) {
        passedOn = true;
        ctx.fireChannelRead(segment);
    }

    /** Without auto-read nobody would ask for the rest of a segment of which nothing was passed on. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean needsMore = !passedOn && !ctx.channel().config().isAutoRead() && isDelivering(ctx);
        passedOn = false;
        ctx.fireChannelReadComplete();
        if (needsMore) {
            ctx.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        drop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!decoding) {
            passOnRest(ctx);
        }
    }

    private void passOnRest(ChannelHandlerContext ctx) {
        ByteBuf rest = assembly != null ? assembly.finish(ctx.alloc()) : head;
        assembly = null;
        head = null;
        if (rest == null) {
            return;
        }
        if (broken || !ctx.channel().isOpen()) {
            rest.release();
        } else {
            ctx.fireChannelRead(rest);
            ctx.fireChannelReadComplete();
        }
    }

    private void drop() {
        if (assembly != null) {
            assembly.finish(ByteBufAllocator.DEFAULT).release();
            assembly = null;
        }
        if (head != null) {
            head.release();
            head = null;
        }
    }
}
