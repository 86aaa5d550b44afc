package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What a datagram holds: whose it is and which, then the pattern from a place that depends on both. So a packet tells by itself
 * whether it is whole, however many before it were lost.
 */
final class Packets {
    /** Connection and number in one word. */
    static final int HEADER_BYTES = Long.BYTES;
    /** Numbers: at 10 million a second they last for a day. */
    private static final int NUMBER_BITS = 40;
    private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;
    /** Prime, and no divisor of the period: successive packets differ everywhere. */
    private static final long STEP_BYTES = 1009;

    private Packets() { }

    static long header(int connection, long number) {
        return (long) connection << NUMBER_BITS | number;
    }

    static int connectionOf(long header) {
        return (int) (header >>> NUMBER_BITS);
    }

    static long numberOf(long header) {
        return header & NUMBER_MASK;
    }

    /** A packet of {@code bytes} &ge; {@link #HEADER_BYTES}. The caller owns it. */
    static ByteBuf packet(ByteBufAllocator alloc, int connection, long number, int bytes) {
        long header = header(connection, number);
        ByteBuf packet = alloc.directBuffer(bytes).writeLong(header);
        PayloadPattern.write(packet, position(header), bytes - HEADER_BYTES);
        return packet;
    }

    private static long position(long header) {
        return PayloadPattern.keyOf(connectionOf(header)) + numberOf(header) * STEP_BYTES;
    }

    /**
     * Reads the header and verifies the rest.
     *
     * @return what is wrong; null if it is a whole packet of {@code bytes} from one of {@code connections}
     */
    static String fault(ByteBuf packet, int connections, int bytes) {
        if (packet.readableBytes() != bytes) {
            return "a packet of " + packet.readableBytes() + " bytes arrived, all sent had " + bytes;
        }
        long header = packet.getLong(packet.readerIndex());
        if (header < 0 || connectionOf(header) >= connections) {
            return "a packet of connection " + connectionOf(header) + " of " + connections + " arrived";
        }
        int wrong = PayloadPattern.mismatch(packet, packet.readerIndex() + HEADER_BYTES, bytes - HEADER_BYTES, position(header));
        return wrong < 0 ? null : "connection " + connectionOf(header) + ": packet " + numberOf(header) + " arrived with byte "
                + (HEADER_BYTES + wrong) + " wrong";
    }
}
