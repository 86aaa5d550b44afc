package io.evpl.channel;

import io.evpl.linux.NativeAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A buffer of a channel's own allocator that the kernel can receive into. */
public final class ReceiveBuffer {
    private ReceiveBuffer() {
    }

    /** As large as the channel's handle guesses; direct even if the allocator prefers the heap. The caller owns it. */
    public static ByteBuf allocate(ReadEvents events) {
        return allocate(events, 0);
    }

    /** As {@link #allocate(ReadEvents)}, or of {@code bytes} if they are not 0. */
    public static ByteBuf allocate(ReadEvents events, int bytes) {
        ByteBufAllocator allocator = events.config().getAllocator();
        if (bytes > 0) {
            return allocator.directBuffer(bytes);
        }
        ByteBuf buffer = events.allocHandle().allocate(allocator);
        if (buffer.isDirect()) {
            return buffer;
        }
        int room = buffer.writableBytes();
        buffer.release();
        return allocator.directBuffer(room);
    }

    /** Where its writable bytes begin. */
    public static long address(ByteBuf buffer) {
        int index = buffer.writerIndex();
        return buffer.hasMemoryAddress() ? buffer.memoryAddress() + index
                : NativeAddress.of(buffer.internalNioBuffer(index, buffer.writableBytes()));
    }
}
