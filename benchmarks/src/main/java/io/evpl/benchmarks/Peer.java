package io.evpl.benchmarks;

import io.evpl.memory.EvplAllocator;
import io.evpl.memory.MemorySettings;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/** Who is compared. */
public enum Peer {
    POOLED {
        @Override
        ByteBufAllocator make() {
            return PooledByteBufAllocator.DEFAULT;
        }
    },
    ADAPTIVE {
        @Override
        ByteBufAllocator make() {
            return new AdaptiveByteBufAllocator(true);
        }
    },
    EVPL {
        @Override
        ByteBufAllocator make() {
            return new EvplAllocator(new MemorySettings(4 << 20, 1L << 30, false, 10_000));
        }
    };

    abstract ByteBufAllocator make();
}
