package io.evpl.rpc2.gss;

import io.netty.util.concurrent.FastThreadLocal;

/** Bytes of buffers where the mechanism, which knows arrays only, reads them: an array of each thread, used from call to call. */
final class Scratch {
    /** A longer message has an array of its own: no thread keeps more than that. */
    private static final int MAX_KEPT_BYTES = 256 * 1024;
    private static final FastThreadLocal<byte[]> KEPT = new FastThreadLocal<>();

    private Scratch() {
    }

    /** An array with room for so many bytes, good until this thread asks for the next one. */
    static byte[] array(int bytes) {
        if (bytes > MAX_KEPT_BYTES) {
            return new byte[bytes];
        }
        byte[] kept = KEPT.get();
        if (kept == null || kept.length < bytes) {
            kept = new byte[Integer.highestOneBit(Math.max(bytes, 1024) * 2 - 1)];
            KEPT.set(kept);
        }
        return kept;
    }
}
