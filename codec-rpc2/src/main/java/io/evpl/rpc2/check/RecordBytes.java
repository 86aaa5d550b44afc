package io.evpl.rpc2.check;

/** Record marking (RFC 5531 section 11). */
final class RecordBytes {
    static final int LAST = 0x8000_0000;

    private RecordBytes() {
    }

    /** One fragment with its mark. */
    static byte[] fragment(byte[] bytes, int from, int to, boolean last) {
        byte[] part = java.util.Arrays.copyOfRange(bytes, from, to);
        return new RawXdr().u32(part.length | (last ? LAST : 0)).raw(part).bytes();
    }

    static byte[] whole(byte[] message) {
        return fragment(message, 0, message.length, true);
    }

    /** As even as can be; no more fragments than the message has bytes. */
    static byte[] split(byte[] message, int count) {
        int fragments = Math.max(1, Math.min(count, message.length));
        RawXdr out = new RawXdr();
        for (int i = 0; i < fragments; i++) {
            int from = (int) ((long) message.length * i / fragments);
            int to = (int) ((long) message.length * (i + 1) / fragments);
            out.raw(fragment(message, from, to, i == fragments - 1));
        }
        return out.bytes();
    }
}
