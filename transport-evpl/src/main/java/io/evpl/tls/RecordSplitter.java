package io.evpl.tls;

import io.netty.buffer.ByteBuf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds TLS records in a stream that is cut anywhere: BoringSSL hands out whatever fits SslHandler's buffer. */
final class RecordSplitter {
    /** Where a record's length stands: RFC 8446, section 5.1. */
    private static final int LENGTH = 3;
    private static final byte[] NOTHING = {};

    private byte[] begun = NOTHING;

    /** Looks at the readable bytes, which stay the caller's. @return the records that are whole now, with their headers */
    List<byte[]> next(ByteBuf bytes) {
        byte[] all = Arrays.copyOf(begun, begun.length + bytes.readableBytes());
        bytes.getBytes(bytes.readerIndex(), all, begun.length, bytes.readableBytes());
        List<byte[]> records = new ArrayList<>();
        int index = 0;
        while (all.length - index >= RecordKeys.HEADER_BYTES) {
            int end = index + RecordKeys.HEADER_BYTES
                    + ((all[index + LENGTH] & 0xff) << 8 | all[index + LENGTH + 1] & 0xff);
            if (end > all.length) {
                break;
            }
            records.add(Arrays.copyOfRange(all, index, end));
            index = end;
        }
        begun = index == all.length ? NOTHING : Arrays.copyOfRange(all, index, all.length);
        return records;
    }
}
