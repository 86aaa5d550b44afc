package io.evpl.inproc;

import io.netty.buffer.ByteBuf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * What one end of a connection lets the other reach, by key. The owner adds and closes; the other end finds, on another
 * thread and without a lock.
 *
 * <p>A key is a place in the table below {@link #PLACE_BITS} and chance above, as a network card's is; the address, too, is
 * chance and no address. A key that was not handed out, or whose region is gone, is found out by 74 bits.
 */
public final class RegionTable {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Region[].class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PLACE_BITS = 20;
    /** What a key has bits for. */
    public static final int MAX_REGIONS = 1 << PLACE_BITS;
    private static final int PLACE_MASK = MAX_REGIONS - 1;
    private static final int FIRST_PLACES = 8;

    private volatile Region[] regions = new Region[0];
    /** Places that were left, the last one first. */
    private int[] free = new int[0];
    private int freeCount;
    private boolean closed;

    /**
     * Adds a region; from any thread.
     *
     * @param memory given away if this returns
     * @param onClosed runs once nobody touches the memory any more, on the thread of the last who did
     * @throws IllegalStateException the connection is closed, or {@link #MAX_REGIONS} are open
     */
    public synchronized Region add(ByteBuf memory, boolean readable, boolean writable, Runnable onClosed) {
        if (closed) {
            throw new IllegalStateException("the connection is closed: its peer reaches no memory any more");
        }
        if (freeCount == 0) {
            grow();
        }
        int place = free[--freeCount];
        int key = RANDOM.nextInt() << PLACE_BITS | place;
        // 62 bits, so that no end of a region lies beyond what an address can say.
        Region region = new Region(memory, RANDOM.nextLong() >>> 2, key, readable, writable, onClosed);
        ELEMENT.setRelease(regions, place, region);
        return region;
    }

    private void grow() {
        int before = regions.length;
        if (before == MAX_REGIONS) {
            throw new IllegalStateException(MAX_REGIONS + " registrations are open on this connection: close some first");
        }
        int after = before == 0 ? FIRST_PLACES : before * 2;
        regions = Arrays.copyOf(regions, after);
        free = new int[after];
        for (int place = after - 1; place >= before; place--) {
            free[freeCount++] = place;
        }
    }

    /** @return null if there is none */
    public Region find(int key) {
        Region[] all = regions;
        int place = key & PLACE_MASK;
        Region region = place < all.length ? (Region) ELEMENT.getAcquire(all, place) : null;
        return region != null && region.key() == key ? region : null;
    }

    /** Closes one; from any thread, once or more. */
    public void close(Region region) {
        synchronized (this) {
            int place = region.key() & PLACE_MASK;
            if (place < regions.length && regions[place] == region) {
                ELEMENT.setRelease(regions, place, (Region) null);
                free[freeCount++] = place;
            }
        }
        region.close();
    }

    /** Closes all; none is added later. */
    public void close() {
        Region[] all;
        synchronized (this) {
            closed = true;
            all = regions;
            regions = new Region[0];
            free = new int[0];
            freeCount = 0;
        }
        for (Region region : all) {
            if (region != null) {
                region.close();
            }
        }
    }
}
