package io.evpl.channel;

import io.evpl.linux.NativeAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** The part of a {@link FileRegion} that is in memory to be sent. */
abstract class RegionWindow implements AutoCloseable {
    protected long address;
    protected int bytes;

    static RegionWindow of(FileRegion region) throws IOException {
        // A subclass may have a transferTo of its own; only the class itself is known to be a plain piece of a file.
        if (region.getClass() == DefaultFileRegion.class && Mapped.FILE != null) {
            return new Mapped((DefaultFileRegion) region);
        }
        return new Copied(region);
    }

    /** Has something to send, reading on if need be. @return false at the region's end */
    abstract boolean fill() throws IOException;

    abstract boolean isDone();

    void advance(int count) {
        assert count <= bytes : count + " of " + bytes;
        address += count;
        bytes -= count;
    }

    long address() {
        return address;
    }

    int bytes() {
        return bytes;
    }

    @Override
    public abstract void close();

    /**
     * Pages of the file itself, sent from a mapping: no copy into a buffer. If the file is truncated meanwhile the
     * kernel's copy fails with EFAULT; our own code never touches the mapping, where it would be SIGBUS.
     */
    private static final class Mapped extends RegionWindow {
        /** Mapped at a time: more than a socket buffer takes, little enough to map and unmap quickly. */
        private static final long WINDOW_BYTES = 2 << 20;
        private static final VarHandle FILE = field("file", FileChannel.class);
        private static final VarHandle TRANSFERRED = field("transferred", long.class);

        private final DefaultFileRegion region;
        private Arena arena;

        Mapped(DefaultFileRegion region) throws IOException {
            this.region = region;
            region.open();
        }

        /** DefaultFileRegion keeps its channel to itself; null where Netty's package is closed to us. */
        private static VarHandle field(String name, Class<?> type) {
            try {
                return MethodHandles.privateLookupIn(DefaultFileRegion.class, MethodHandles.lookup())
                        .findVarHandle(DefaultFileRegion.class, name, type);
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }

        @Override
        boolean fill() throws IOException {
            if (bytes > 0) {
                return true;
            }
            unmap();
            long done = region.transferred();
            long windowBytes = Math.min(region.count() - done, WINDOW_BYTES);
            if (windowBytes <= 0) {
                return false;
            }
            FileChannel file = (FileChannel) FILE.get(region);
            long fileBytes = file.size();
            if (fileBytes < region.position() + region.count()) {
                throw new IOException("the file has " + fileBytes + " bytes, fewer than the region needs: "
                        + (region.position() + region.count()));
            }
            arena = Arena.ofConfined();
            address = file.map(FileChannel.MapMode.READ_ONLY, region.position() + done, windowBytes, arena).address();
            bytes = (int) windowBytes;
            return true;
        }

        @Override
        void advance(int count) {
            super.advance(count);
            TRANSFERRED.set(region, region.transferred() + count);
        }

        @Override
        boolean isDone() {
            return region.transferred() >= region.count();
        }

        private void unmap() {
            if (arena != null) {
                arena.close();
                arena = null;
            }
        }

        @Override
        public void close() {
            unmap();
        }
    }

    /** Any other region writes itself into a buffer of ours, a piece at a time. */
    private static final class Copied extends RegionWindow implements WritableByteChannel {
        private static final int PIECE_BYTES = 64 << 10;

        private final FileRegion region;
        private final ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(PIECE_BYTES, PIECE_BYTES);

        Copied(FileRegion region) {
            this.region = region;
        }

        @Override
        boolean fill() throws IOException {
            if (bytes > 0) {
                return true;
            }
            piece.clear();
            while (piece.isWritable() && region.transferred() < region.count()) {
                long before = region.transferred();
                long written = region.transferTo(this, before);
                if (written <= 0 && piece.isWritable()) {
                    throw new IOException("the region ended after " + before + " of " + region.count() + " bytes");
                }
            }
            bytes = piece.readableBytes();
            address = piece.hasMemoryAddress() ? piece.memoryAddress()
                    : NativeAddress.of(piece.internalNioBuffer(0, Math.max(1, bytes)));
            return bytes > 0;
        }

        @Override
        boolean isDone() {
            return bytes == 0 && region.transferred() >= region.count();
        }

        @Override
        public int write(ByteBuffer source) {
            int count = Math.min(source.remaining(), piece.writableBytes());
            int limit = source.limit();
            source.limit(source.position() + count);
            piece.writeBytes(source);
            source.limit(limit);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            if (piece.refCnt() > 0) {
                piece.release();
            }
        }
    }
}
