package io.evpl.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;

/** A buffer to be written, where the kernel can read it. */
public final class SendBuffer {
    private SendBuffer() {
    }

    /** @return {@code buf} itself if it lies outside the heap, else a copy that does; {@code buf} is released then */
    public static ByteBuf of(ByteBuf buf, ByteBufAllocator allocator) {
        return isAddressable(buf) ? buf : directCopy(buf, allocator);
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
