package io.evpl.channel;

import io.evpl.linux.NativeAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.FixedRecvByteBufAllocator;

/** A buffer of a channel's own allocator that the kernel can receive into. */
public final class ReceiveBuffer {
    /**
     * A message of at most so many bytes is copied out of a larger receive buffer, so that who keeps it keeps no more than that.
     * A copy of so few bytes costs about as much as the slice it replaces.
     */
    public static final int SMALL_BYTES = 1024;
    /** What no allocator saves by making a buffer smaller. */
    private static final int LEAST_BYTES = 64;

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

    /** Whether the channel leaves sizes to us: Netty's own allocators only guess them, any other may mean what it says. */
    public static boolean isGuessed(ReadEvents events) {
        Class<?> allocator = events.config().getRecvByteBufAllocator().getClass();
        return allocator == AdaptiveRecvByteBufAllocator.class || allocator == FixedRecvByteBufAllocator.class;
    }

    /**
     * What was received into a buffer of {@link #allocate(ReadEvents)}, to be passed on: the buffer, or a copy if the message
     * is small and has less than half of it. Takes the buffer; the caller owns the result.
     */
    public static ByteBuf fitted(ByteBuf buffer, ReadEvents events) {
        int bytes = buffer.readableBytes();
        if (bytes == 0 || bytes > SMALL_BYTES || buffer.capacity() <= Math.max(2 * bytes, LEAST_BYTES) || !isGuessed(events)) {
            return buffer;
        }
        ByteBuf copy = copyOf(buffer, buffer.readerIndex(), bytes, events.config().getAllocator());
        if (copy == null) {
            return buffer;
        }
        buffer.release();
        return copy;
    }

    /** @return null if the allocator has no memory: whoever saves some by copying can do without */
    public static ByteBuf copyOf(ByteBuf buffer, int index, int bytes, ByteBufAllocator allocator) {
        try {
            return allocator.directBuffer(bytes).writeBytes(buffer, index, bytes);
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    /** Where its writable bytes begin. */
    public static long address(ByteBuf buffer) {
        int index = buffer.writerIndex();
        return buffer.hasMemoryAddress() ? buffer.memoryAddress() + index
                : NativeAddress.of(buffer.internalNioBuffer(index, buffer.writableBytes()));
    }
}
