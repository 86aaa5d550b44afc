package io.evpl.channel;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Iovec;
import io.evpl.metrics.TrafficCounters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How far one channel's writing is: chooses what goes to the kernel next from the head of its outbound buffer, and takes
 * off what the kernel took. Owned by one channel, on its loop's thread.
 */
public final class WriteProgress implements ChannelOutboundBuffer.MessageProcessor {
    /** Buffers in one gathering write: IOV_MAX of Linux. */
    public static final int MAX_BUFFERS = 1024;
    /** Room beyond one for each message: some may be composites. Those that do not fit go with the next write. */
    private static final int PARTS_MARGIN = 16;

    private final TrafficCounters traffic;
    private long address;
    private int bytes;
    private int buffers;
    private int messages;
    private SentMessage message;
    private long iovecs;
    private int maxBuffers;
    private int maxBytes;
    private RegionWindow window;

    /** @param traffic counts what the kernel takes */
    public WriteProgress(TrafficCounters traffic) {
        this.traffic = traffic;
    }

    /** Room that {@link #next} needs for what is flushed, in struct iovec; 0 if a single one goes without. */
    public static int buffersAtMost(ChannelOutboundBuffer out) {
        int messages = out.size();
        if (messages > 1) {
            return Math.min(messages + PARTS_MARGIN, MAX_BUFFERS);
        }
        int parts = out.current() instanceof ByteBuf buf ? buf.nioBufferCount() : 1;
        return parts == 1 ? 0 : Math.min(parts, MAX_BUFFERS);
    }

    /** What {@link #next} found. */
    public enum Kind {
        NOTHING,
        /** {@link #bytes()} at {@link #address()}. */
        ONE,
        GATHER,
        /** {@link #message()}, by itself. */
        MESSAGE
    }

    /**
     * Looks at what is flushed.
     *
     * @param out        the channel's
     * @param iovecs     room for {@code maxBuffers} struct iovec, filled if the result is GATHER
     * @param maxBuffers at most so many buffers, 1 to {@link #MAX_BUFFERS}
     * @param maxBytes   at most so many bytes, 1 or more: the rest of a larger buffer goes with the next write
     * @throws Exception a FileRegion cannot be read; its message is still in {@code out}
     */
    public Kind next(ChannelOutboundBuffer out, long iovecs, int maxBuffers, int maxBytes) throws Exception {
        this.maxBytes = maxBytes;
        out.removeBytes(0); // empty buffers at the head complete by themselves
        for (Object message = out.current(); message instanceof FileRegion region; message = out.current()) {
            if (nextWindow(region)) {
                messages = 1;
                return Kind.ONE;
            }
            out.remove();
            out.removeBytes(0);
        }
        if (out.isEmpty()) {
            return Kind.NOTHING;
        }
        if (out.current() instanceof SentMessage sent) {
            messages = 1;
            message = sent;
            return Kind.MESSAGE;
        }
        return out.size() == 1 ? one((ByteBuf) out.current(), iovecs, maxBuffers) : gather(out, iovecs, maxBuffers);
    }

    private boolean nextWindow(FileRegion region) throws IOException {
        if (window == null) {
            window = RegionWindow.of(region);
        }
        if (!window.fill()) {
            closeWindow();
            return false;
        }
        address = window.address();
        bytes = Math.min(window.bytes(), maxBytes);
        return true;
    }

    private Kind one(ByteBuf buf, long iovecs, int maxBuffers) throws Exception {
        messages = 1;
        if (buf.nioBufferCount() == 1) {
            address = address(buf);
            bytes = Math.min(buf.readableBytes(), maxBytes);
            return Kind.ONE;
        }
        begin(iovecs, maxBuffers);
        messages = 0;
        processMessage(buf);
        return Kind.GATHER;
    }

    private Kind gather(ChannelOutboundBuffer out, long iovecs, int maxBuffers) throws Exception {
        begin(iovecs, maxBuffers);
        messages = 0;
        out.forEachFlushedMessage(this);
        return Kind.GATHER;
    }

    private void begin(long iovecs, int maxBuffers) {
        this.iovecs = iovecs;
        this.maxBuffers = maxBuffers;
        buffers = 0;
        bytes = 0;
    }

    /** Adds one flushed message to the gathering; not for callers. */
    @Override
    public boolean processMessage(Object message) {
        if (!(message instanceof ByteBuf buf)) {
            return false;
        }
        if (!buf.isReadable()) {
            messages++;
            return true;
        }
        if (buf.nioBufferCount() == 1) {
            if (!add(address(buf), buf.readableBytes())) {
                return false;
            }
            messages++;
            return true;
        }
        messages++;
        for (ByteBuffer part : buf.nioBuffers()) {
            if (part.hasRemaining() && !add(NativeAddress.of(part), part.remaining())) {
                return false;
            }
        }
        return true;
    }

    private boolean add(long address, int length) {
        if (buffers == maxBuffers || bytes == maxBytes) {
            return false;
        }
        int part = Math.min(length, maxBytes - bytes);
        Iovec.write(iovecs, buffers++, address, part);
        bytes += part;
        return true;
    }

    private static long address(ByteBuf buf) {
        int index = buf.readerIndex();
        return buf.hasMemoryAddress() ? buf.memoryAddress() + index
                : NativeAddress.of(buf.internalNioBuffer(index, buf.readableBytes()));
    }

    /** Where the bytes of a {@link Kind#ONE} are. */
    public long address() {
        return address;
    }

    /** How many bytes {@link #next} chose. */
    public int bytes() {
        return bytes;
    }

    /** How many buffers a {@link Kind#GATHER} has. */
    public int buffers() {
        return buffers;
    }

    /** What a {@link Kind#MESSAGE} sends; it is there until {@link #wrote}. */
    public SentMessage message() {
        return message;
    }

    /** Whether what {@link #next} chose is part of a file and not of buffers. */
    public boolean isFile() {
        return window != null;
    }

    /** The kernel took {@code count} of the bytes chosen. */
    public void wrote(ChannelOutboundBuffer out, int count) {
        traffic.sent(count);
        if (out.current() instanceof SentMessage) {
            message = null;
            out.remove();
            return;
        }
        if (window == null) {
            out.removeBytes(count);
            return;
        }
        window.advance(count);
        out.progress(count);
        if (window.isDone()) {
            closeWindow();
            out.remove();
        }
    }

    /** Keeps the buffers chosen alive beyond their removal. @return what {@link #letGo} takes */
    public Object hold(ChannelOutboundBuffer out) throws Exception {
        assert window == null : "a file's window cannot be held";
        if (messages == 1) {
            return ((ByteBuf) out.current()).retain();
        }
        ByteBuf[] held = new ByteBuf[messages];
        int[] count = {0};
        out.forEachFlushedMessage(message -> {
            if (count[0] == held.length) {
                return false;
            }
            held[count[0]++] = ((ByteBuf) message).retain();
            return true;
        });
        return held;
    }

    /** Releases what {@link #hold} kept. */
    public static void letGo(Object held) {
        if (held instanceof ByteBuf[] many) {
            for (ByteBuf one : many) {
                one.release();
            }
        } else if (held instanceof ByteBuf one) {
            one.release();
        }
    }

    /** Gives back what belongs to a half-written message. The kernel has no write of this channel's any more. */
    public void close() {
        if (window != null) {
            closeWindow();
        }
    }

    private void closeWindow() {
        window.close();
        window = null;
    }
}
