package io.evpl.tls;

/** Finds messages of the handshake protocol in records that may have several of them, or parts: RFC 8446, sections 4 and 5.1. */
final class HandshakeMessages {
    private static final int HEADER_BYTES = 4;
    private static final byte KEY_UPDATE = 24;

    private int headerBytes;
    private int type;
    private int bodyBytes;

    /** @param content of the next record. @return whether a message KeyUpdate begins in it */
    boolean changesKeys(byte[] content) {
        boolean found = false;
        int index = 0;
        while (index < content.length) {
            if (headerBytes < HEADER_BYTES) {
                int next = content[index++] & 0xff;
                if (headerBytes == 0) {
                    type = next;
                    bodyBytes = 0;
                    found |= type == KEY_UPDATE;
                } else {
                    bodyBytes = bodyBytes << 8 | next;
                }
                headerBytes++;
            } else {
                int part = Math.min(bodyBytes, content.length - index);
                bodyBytes -= part;
                index += part;
            }
            if (headerBytes == HEADER_BYTES && bodyBytes == 0) {
                headerBytes = 0;
            }
        }
        return found;
    }
}
