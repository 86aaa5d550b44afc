package io.evpl;

import io.netty.buffer.ByteBuf;

/**
 * What a peer needs to reach registered memory: hand it over in a message. It holds on the connection it was made for and
 * while the registration is open; whoever has it has the access, so it is not printed.
 *
 * <p>The three parts are those of an RDMA segment (RFC 8166, 3.4.2: handle, length, offset), so that RDMA carries its own in
 * the same words. In-process, where a network card does not check, key and address are both chance: 74 bits to guess.
 *
 * @param address of the first byte, as the registering end names it; 64 bits without sign
 * @param length bytes
 * @param rkey 32 bits without sign
 */
public record RemoteKey(long address, long length, int rkey) {
    /** Of the form that {@link #encode} writes. */
    public static final int BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

    /** @throws IllegalArgumentException the length is negative */
    public RemoteKey {
        if (length < 0) {
            throw new IllegalArgumentException("a length of " + length);
        }
    }

    /** A part of the same memory. @throws IndexOutOfBoundsException it is not all within */
    public RemoteKey slice(long offset, long bytes) {
        if (offset < 0 || bytes < 0 || bytes > length - offset) {
            throw new IndexOutOfBoundsException(bytes + " bytes from " + offset + " of " + length);
        }
        return new RemoteKey(address + offset, bytes, rkey);
    }

    /** Writes {@link #BYTES} bytes, big-endian: address, length, key. */
    public void encode(ByteBuf out) {
        out.writeLong(address).writeLong(length).writeInt(rkey);
    }

    /** @throws IndexOutOfBoundsException fewer than {@link #BYTES} @throws IllegalArgumentException a negative length */
    public static RemoteKey decode(ByteBuf in) {
        return new RemoteKey(in.readLong(), in.readLong(), in.readInt());
    }

    @Override
    public String toString() {
        return "RemoteKey[" + length + " bytes]";
    }
}
