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
        return split(message, count, 1);
    }

    /** The same, no fragment ends within a word of XDR. */
    static byte[] splitAtWords(byte[] message, int count) {
        return split(message, count, Integer.BYTES);
    }

    private static byte[] split(byte[] message, int count, int unitBytes) {
        int units = message.length / unitBytes;
        int fragments = Math.max(1, Math.min(count, units));
        RawXdr out = new RawXdr();
        int from = 0;
        for (int i = 1; i <= fragments; i++) {
            int to = i == fragments ? message.length : (int) ((long) units * i / fragments) * unitBytes;
            out.raw(fragment(message, from, to, i == fragments));
            from = to;
        }
        return out.bytes();
    }
}
