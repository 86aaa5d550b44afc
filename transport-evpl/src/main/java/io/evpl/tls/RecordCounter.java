package io.evpl.tls;

import io.netty.buffer.ByteBuf;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts the records of one direction that are encrypted with the keys that the kernel gets: it must go on with the next number,
 * which must not be guessed. In TLS 1.3 these are the ones that the application's key decrypts, and nothing outside tells where
 * they begin; in TLS 1.2 all that follow the message ChangeCipherSpec.
 */
final class RecordCounter {
    /** Records of handshakes that may be kept until the keys are known: a chain of certificates fits several times. */
    private static final int MAX_KEPT_BYTES = 256 << 10;
    private static final byte CHANGE_CIPHER_SPEC = 20;

    private final RecordSplitter splitter = new RecordSplitter();
    private final List<byte[]> kept = new ArrayList<>();
    private int keptBytes;
    private RecordKeys keys;
    private long sequence;
    private boolean cipherChanged;
    private long afterChange;

    /**
     * Looks at what passes, which stays the caller's.
     *
     * @param keep whether records may be encrypted with the keys from here on, which the connection has though we do not yet
     * @return whether counting goes on; if not, it can be used no more
     */
    boolean look(ByteBuf bytes, boolean keep) throws GeneralSecurityException {
        for (byte[] record : splitter.next(bytes)) {
            if (keys != null) {
                count(record);
                continue;
            }
            if (cipherChanged) {
                afterChange++;
            }
            cipherChanged |= record[0] == CHANGE_CIPHER_SPEC;
            if (keep) {
                kept.add(record);
                keptBytes += record.length;
            }
        }
        return keptBytes <= MAX_KEPT_BYTES;
    }

    /** The keys are known: what was kept is counted. */
    void begin(RecordKeys known) throws GeneralSecurityException {
        keys = known;
        if (keys.isTls13()) {
            for (byte[] record : kept) {
                count(record);
            }
        } else {
            sequence = afterChange;
        }
        forget();
    }

    private void count(byte[] record) throws GeneralSecurityException {
        if (!keys.isTls13() || keys.decrypt(record, sequence) != null) {
            sequence++;
        }
    }

    /** The number of the next record. */
    long sequence() {
        return sequence;
    }

    /** Nothing is kept any more. */
    void forget() {
        kept.clear();
        keptBytes = 0;
    }
}
