package io.evpl.examples.perf.soak;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;

/**
 * What one connection is for, told to the server in its first bytes. Request and response are the pattern from a place that the key
 * says; how they are cut into writes, too.
 *
 * @param resetAfterBytes of the response, if the client resets
 * @param slow whether the client reads now and then only
 */
record Exchange(long key, int requestBytes, int responseBytes, Ending ending, int resetAfterBytes, boolean slow) {
    static final int HEADER_BYTES = Long.BYTES + 2 * Integer.BYTES + 1;
    /** Where the response's pattern begins, so that it is not the request's. */
    static final long RESPONSE_SHIFT = 31_337;
    private static final int MAX_BYTES = 512 * 1024;
    private static final int SMALL_BYTES = 2048;
    private static final int KEYS = 1 << 30;
    private static final int ONE_OF = 4;
    private static final int SLOW_ONE_OF = 8;

    static Exchange random(SplittableRandom random, boolean halfCloses) {
        int responseBytes = bytes(random);
        Ending ending = random.nextInt(ONE_OF) == 0 ? Ending.RESET : halfCloses && random.nextBoolean() ? Ending.HALF_CLOSE : Ending.CLOSE;
        return new Exchange(random.nextInt(KEYS), bytes(random), responseBytes, ending, random.nextInt(responseBytes),
                random.nextInt(SLOW_ONE_OF) == 0);
    }

    private static int bytes(SplittableRandom random) {
        return 1 + random.nextInt(random.nextInt(ONE_OF) == 0 ? MAX_BYTES : SMALL_BYTES);
    }

    void writeHeader(ByteBuf to) {
        to.writeLong(key).writeInt(requestBytes).writeInt(responseBytes).writeByte(ending.ordinal());
    }

    /** The server's view: what is the client's alone is not sent. */
    static Exchange readHeader(ByteBuf from) {
        return new Exchange(from.readLong(), from.readInt(), from.readInt(), Ending.values()[from.readByte()], 0, false);
    }
}
