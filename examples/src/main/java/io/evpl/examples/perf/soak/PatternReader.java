package io.evpl.examples.perf.soak;

import io.evpl.examples.perf.scenario.PayloadPattern;
import io.netty.buffer.ByteBuf;

/** Checks what arrives against the pattern. */
final class PatternReader {
    private final long position;
    private final int totalBytes;
    private final WriteSizes sizes;
    private int receivedBytes;

    /** @param whole whether each message must be one write of the sender's */
    PatternReader(long position, int totalBytes, boolean whole) {
        this.position = position;
        this.totalBytes = totalBytes;
        this.sizes = whole ? new WriteSizes(position) : null;
    }

    /**
     * @param heldBackBytes how many the sender may keep for a write of their own at the end
     * @return what is wrong; null if nothing
     */
    String read(ByteBuf received, int heldBackBytes) {
        int bytes = received.readableBytes();
        if (bytes > totalBytes - receivedBytes) {
            return "byte " + totalBytes + " and others after it are more than were sent";
        }
        int wrong = PayloadPattern.mismatch(received, position + receivedBytes);
        if (wrong >= 0) {
            return "byte " + (receivedBytes + wrong) + " is wrong";
        }
        if (sizes != null) {
            int written = sizes.next(WriteSizes.MAX_BYTES);
            int leftBytes = totalBytes - receivedBytes;
            // The sender's last message but one may have been cut short by what it held back.
            if (bytes != Math.min(written, leftBytes) && bytes != Math.min(written, leftBytes - heldBackBytes)) {
                return "a message of " + written + " bytes arrived as one of " + bytes;
            }
        }
        receivedBytes += bytes;
        return null;
    }

    int receivedBytes() {
        return receivedBytes;
    }

    boolean done() {
        return receivedBytes == totalBytes;
    }
}
