package io.evpl.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;

/** A buffer to be written, where the kernel can read it. */
public final class SendBuffer {
    private SendBuffer() {
    }

    /** @return {@code buf} itself if it lies outside the heap, else a copy that does; {@code buf} is released then */
    public static ByteBuf of(ByteBuf buf, ByteBufAllocator allocator) {
        return isAddressable(buf) ? buf : directCopy(buf, allocator);
    }

    /**
     * As {@link #of}, and one region of memory: a datagram's parts are put together, which is cheaper than describing them.
     * An empty buffer becomes one of its own, for {@link Unpooled#EMPTY_BUFFER} is what the outbound buffer puts in the
     * place of a cancelled write.
     */
    public static ByteBuf inOnePiece(ByteBuf buf, ByteBufAllocator allocator) {
        return isInOnePiece(buf) ? buf : buf.isReadable() ? directCopy(buf, allocator) : emptyOfItsOwn(buf, allocator);
    }

    /** Whether {@link #inOnePiece} would return {@code buf} itself. */
    public static boolean isInOnePiece(ByteBuf buf) {
        return buf != Unpooled.EMPTY_BUFFER && (buf.hasMemoryAddress() || buf.isDirect() && buf.nioBufferCount() == 1
                && !(buf instanceof CompositeByteBuf || buf.unwrap() instanceof CompositeByteBuf));
    }

    private static ByteBuf emptyOfItsOwn(ByteBuf buf, ByteBufAllocator allocator) {
        buf.release();
        return allocator.directBuffer(1);
    }

    private static boolean isAddressable(ByteBuf buf) {
        if (buf.hasMemoryAddress()) {
            return true;
        }
        boolean composite = buf instanceof CompositeByteBuf || buf.unwrap() instanceof CompositeByteBuf;
        return buf.isDirect() && (!composite || buf.nioBufferCount() <= WriteProgress.MAX_BUFFERS);
    }

    private static ByteBuf directCopy(ByteBuf buf, ByteBufAllocator allocator) {
        int bytes = buf.readableBytes();
        ByteBuf cached = allocator.isDirectBufferPooled() ? null : ByteBufUtil.threadLocalDirectBuffer();
        ByteBuf direct = cached == null ? allocator.directBuffer(bytes) : cached;
        direct.writeBytes(buf, buf.readerIndex(), bytes);
        buf.release();
        return direct;
    }
}
