package io.evpl.channel;

import io.evpl.linux.Mapping;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.SockAddr;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A loop's memory of addresses that datagrams came from and went to: making an address object allocates, and so does
 * reading one. Those who talk on and on cost nothing; with more of them than slots, some are made again.
 */
public final class AddressCache implements AutoCloseable {
    /** In each direction. Bounds what a flood of forged senders can make a loop remember. */
    private static final int SLOTS = 512;
    private static final int SLOT_BYTES = SockAddr.STORAGE_BYTES;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final Mapping memory;
    private final long readAt;
    private final long writtenAt;
    private final SocketAddress[] read = new SocketAddress[SLOTS];
    private final int[] readBytes = new int[SLOTS];
    private final SocketAddress[] written = new SocketAddress[SLOTS];
    private final AddressFamily[] writtenFamily = new AddressFamily[SLOTS];
    private final int[] writtenBytes = new int[SLOTS];

    /** @throws IOException the kernel has no memory */
    public AddressCache() throws IOException {
        memory = Mapping.anonymous((2L * SLOTS + 1) * SLOT_BYTES);
        readAt = memory.address();
        writtenAt = readAt + (long) SLOTS * SLOT_BYTES;
    }

    /** Room for an address that is needed for a moment only: any call here may overwrite it. */
    public long spare() {
        return writtenAt + (long) SLOTS * SLOT_BYTES;
    }

    /** As {@link AddressFamily#read}, often the same object again. */
    public SocketAddress read(AddressFamily family, long at, int bytes) {
        if (bytes <= 0 || bytes > SLOT_BYTES) {
            return family.read(at, bytes);
        }
        int slot = slot(hash(at, bytes));
        long known = readAt + (long) slot * SLOT_BYTES;
        if (readBytes[slot] == bytes && isSame(known, at, bytes)) {
            return read[slot];
        }
        SocketAddress address = family.read(at, bytes);
        if (address != null) {
            NativeAddress.copy(at, known, bytes);
            read[slot] = address;
            readBytes[slot] = bytes;
        }
        return address;
    }

    /** As {@link AddressFamily#write}; {@code at} has room for {@link AddressFamily#nameRoomBytes()}. */
    public int write(AddressFamily family, SocketAddress address, long at) {
        int slot = slot(address.hashCode());
        long known = writtenAt + (long) slot * SLOT_BYTES;
        if (writtenFamily[slot] != family || !isSame(written[slot], address)) {
            writtenFamily[slot] = null; // nothing is known while the write may throw
            writtenBytes[slot] = family.write(address, known);
            written[slot] = address;
            writtenFamily[slot] = family;
        }
        int bytes = writtenBytes[slot];
        for (int i = 0; i < bytes; i += Long.BYTES) {
            NativeAddress.putLong(at + i, NativeAddress.getLong(known + i));
        }
        return bytes;
    }

    /** Two addresses of different scopes are equal for the JDK, and not for the kernel. */
    private static boolean isSame(SocketAddress one, SocketAddress other) {
        return one == other || other.equals(one) && scope(one) == scope(other);
    }

    private static int scope(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address ip
                ? ip.getScopeId() : 0;
    }

    private static boolean isSame(long one, long other, int bytes) {
        int i = 0;
        for (; i + Long.BYTES <= bytes; i += Long.BYTES) {
            if (NativeAddress.getLong(one + i) != NativeAddress.getLong(other + i)) {
                return false;
            }
        }
        for (; i < bytes; i++) {
            if (NativeAddress.getByte(one + i) != NativeAddress.getByte(other + i)) {
                return false;
            }
        }
        return true;
    }

    private static long hash(long at, int bytes) {
        long hash = bytes;
        int i = 0;
        for (; i + Long.BYTES <= bytes; i += Long.BYTES) {
            hash = (hash ^ NativeAddress.getLong(at + i)) * MULTIPLIER;
            hash ^= hash >>> 29;
        }
        for (; i < bytes; i++) {
            hash = (hash ^ NativeAddress.getByte(at + i)) * MULTIPLIER;
        }
        return hash;
    }

    private static int slot(long hash) {
        return (int) (hash * MULTIPLIER >>> 40) & SLOTS - 1;
    }

    @Override
    public void close() {
        memory.close();
    }
}
