package io.evpl.tls;

import io.netty.buffer.ByteBuf;

/** Where in a record the stream is: RFC 8446, section 5.1. */
final class RecordBoundary {
    /** The most that a record's body may have: RFC 5246, section 6.2.3; less in TLS 1.3. */
    private static final int MAX_BODY_BYTES = (1 << 14) + 2048;
    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 24;
    private static final int MAJOR_VERSION = 3;

    private int headerBytes;
    private int bodyBytes;

    /** What is left of the header, or of the body: 1 or more. */
    int wantedBytes() {
        return headerBytes < RecordKeys.HEADER_BYTES ? RecordKeys.HEADER_BYTES - headerBytes : bodyBytes;
    }

    /** @param bytes come next, and stay the caller's. @return whether they are of a record, and none is beyond it */
    boolean passes(ByteBuf bytes) {
        int count = bytes.readableBytes();
        if (count > wantedBytes()) {
            return false;
        }
        if (headerBytes == RecordKeys.HEADER_BYTES) {
            bodyBytes -= count;
        } else {
            for (int i = 0; i < count; i++) {
                if (!isHeader(bytes.getUnsignedByte(bytes.readerIndex() + i))) {
                    return false;
                }
            }
        }
        if (headerBytes == RecordKeys.HEADER_BYTES && bodyBytes == 0) {
            headerBytes = 0;
        }
        return true;
    }

    private boolean isHeader(int next) {
        return switch (headerBytes++) {
            case 0 -> next >= FIRST_TYPE && next <= LAST_TYPE;
            case 1 -> next == MAJOR_VERSION;
            case 2 -> true;
            case 3 -> {
                bodyBytes = next << 8;
                yield true;
            }
            default -> {
                bodyBytes |= next;
                yield bodyBytes <= MAX_BODY_BYTES;
            }
        };
    }

    /** Whether a record ended here and none has begun. */
    boolean isBetweenRecords() {
        return headerBytes == 0;
    }
}
