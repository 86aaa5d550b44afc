package io.evpl.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FileRegion;
import io.netty.handler.stream.ChunkedInput;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A file region in pieces, for a provider to encrypt: read when the channel has room for more. Owns the region. */
final class RegionChunks implements ChunkedInput<ByteBuf> {
    /** Four full records. */
    private static final int PIECE_BYTES = 64 << 10;

    /** Takes no more than a piece has room for; a region goes on where it stopped. */
    private record Piece(ByteBuf bytes) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int count = Math.min(source.remaining(), bytes.writableBytes());
            bytes.writeBytes(source.slice(source.position(), count));
            source.position(source.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // the piece is the reader's
        }
    }

    private final FileRegion region;

    RegionChunks(FileRegion region) {
        this.region = region;
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) throws IOException {
        ByteBuf piece = allocator.buffer(PIECE_BYTES, PIECE_BYTES);
        boolean read = false;
        try {
            while (piece.isWritable() && !isEndOfInput()) {
                long before = region.transferred();
                if (region.transferTo(new Piece(piece), before) <= 0 && piece.isWritable()) {
                    throw new IOException("the region ended after " + before + " of " + region.count() + " bytes");
                }
            }
            read = true;
            return piece;
        } finally {
            if (!read) {
                piece.release();
            }
        }
    }

    @Override
    @Deprecated
    public ByteBuf readChunk(ChannelHandlerContext ctx) throws IOException {
        return readChunk(ctx.alloc());
    }

    @Override
    public boolean isEndOfInput() {
        return region.transferred() >= region.count();
    }

    @Override
    public long length() {
        return region.count();
    }

    @Override
    public long progress() {
        return region.transferred();
    }

    @Override
    public void close() {
        region.release();
    }
}
