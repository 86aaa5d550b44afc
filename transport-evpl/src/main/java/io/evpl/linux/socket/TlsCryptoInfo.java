package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

/**
 * What the kernel is told to encrypt or decrypt a socket's TLS records: struct tls12_crypto_info_aes_gcm_128 and its siblings
 * of linux/tls.h, which serve TLS 1.3 too. The nonce is in two parts, salt and IV: in TLS 1.3 what the handshake derives; in
 * TLS 1.2 with AES-GCM the salt is derived, and the IV is the explicit part of the next record (RFC 5288, section 3).
 *
 * @see <a href="https://docs.kernel.org/networking/tls.html">Kernel TLS</a>
 */
public final class TlsCryptoInfo {
    public static final int TLS_TX = 1;
    public static final int TLS_RX = 2;
    /** Type of a control message, whose data is one byte: the type of the record that is sent. */
    public static final int TLS_SET_RECORD_TYPE = 1;
    /** Type of a control message, whose data is one byte: the type of the records that were received. */
    public static final int TLS_GET_RECORD_TYPE = 2;
    public static final int TLS_CIPHER_AES_GCM_128 = 51;
    public static final int TLS_CIPHER_AES_GCM_256 = 52;
    public static final int TLS_CIPHER_CHACHA20_POLY1305 = 54;
    public static final int TLS_1_2_VERSION = 0x303;
    public static final int TLS_1_3_VERSION = 0x304;

    /** Bytes of the largest. */
    public static final int MAX_BYTES = 56;

    private static final int VERSION = 0;
    private static final int CIPHER_TYPE = 2;
    private static final int IV = 4;

    private static final int GCM_128_KEY = 12;
    private static final int GCM_128_SALT = 28;
    private static final int GCM_128_REC_SEQ = 32;
    private static final int GCM_128_BYTES = 40;

    private static final int GCM_256_KEY = 12;
    private static final int GCM_256_SALT = 44;
    private static final int GCM_256_REC_SEQ = 48;
    private static final int GCM_256_BYTES = 56;

    private static final int CHACHA_KEY = 16;
    private static final int CHACHA_REC_SEQ = 48;
    private static final int CHACHA_BYTES = 56;

    private static final int GCM_SALT_BYTES = 4;
    /** Bytes of an IV, whatever the cipher: RFC 8446, section 5.3. */
    private static final int NONCE_BYTES = 12;

    private TlsCryptoInfo() {
    }

    /**
     * Writes one at {@code info}, which has {@link #MAX_BYTES}.
     *
     * @param version  one of the two
     * @param cipher   a TLS_CIPHER constant
     * @param key      16 or 32 bytes, as the cipher has it
     * @param iv       12 bytes
     * @param sequence number of the next record
     * @return how many bytes it has
     */
    public static int write(long info, int version, int cipher, byte[] key, byte[] iv, long sequence) {
        NativeAddress.putShort(info + VERSION, (short) version);
        NativeAddress.putShort(info + CIPHER_TYPE, (short) cipher);
        return switch (cipher) {
            case TLS_CIPHER_AES_GCM_128 -> {
                gcm(info, GCM_128_KEY, key, GCM_128_SALT, iv);
                yield sequence(info, GCM_128_REC_SEQ, sequence, GCM_128_BYTES);
            }
            case TLS_CIPHER_AES_GCM_256 -> {
                gcm(info, GCM_256_KEY, key, GCM_256_SALT, iv);
                yield sequence(info, GCM_256_REC_SEQ, sequence, GCM_256_BYTES);
            }
            case TLS_CIPHER_CHACHA20_POLY1305 -> {
                NativeAddress.copyIn(iv, 0, info + IV, NONCE_BYTES);
                NativeAddress.copyIn(key, 0, info + CHACHA_KEY, key.length);
                yield sequence(info, CHACHA_REC_SEQ, sequence, CHACHA_BYTES);
            }
            default -> throw new AssertionError("cipher " + cipher);
        };
    }

    private static void gcm(long info, int keyOffset, byte[] key, int saltOffset, byte[] iv) {
        NativeAddress.copyIn(iv, GCM_SALT_BYTES, info + IV, NONCE_BYTES - GCM_SALT_BYTES);
        NativeAddress.copyIn(key, 0, info + keyOffset, key.length);
        NativeAddress.copyIn(iv, 0, info + saltOffset, GCM_SALT_BYTES);
    }

    /** In the order of the network, as it enters the nonce. */
    private static int sequence(long info, int offset, long sequence, int bytes) {
        NativeAddress.putLong(info + offset, Long.reverseBytes(sequence));
        return bytes;
    }
}
