package io.evpl.tls;

import io.evpl.linux.socket.TlsCryptoInfo;

/** Ciphers of records that both BoringSSL and the kernel have, with the hash that their keys are derived by. */
enum RecordSuite {
    AES_128_GCM_SHA256(TlsCryptoInfo.TLS_CIPHER_AES_GCM_128, "HmacSHA256", 16, "AES/GCM/NoPadding", "AES"),
    AES_256_GCM_SHA384(TlsCryptoInfo.TLS_CIPHER_AES_GCM_256, "HmacSHA384", 32, "AES/GCM/NoPadding", "AES"),
    CHACHA20_POLY1305_SHA256(TlsCryptoInfo.TLS_CIPHER_CHACHA20_POLY1305, "HmacSHA256", 32, "ChaCha20-Poly1305", "ChaCha20");

    /** Between a suite's name in TLS 1.2 and what is before it: key exchange and signature, which are done with. */
    private static final String WITH = "_WITH_";

    final int kernelCipher;
    final String mac;
    final int keyBytes;
    final String transformation;
    final String algorithm;

    RecordSuite(int kernelCipher, String mac, int keyBytes, String transformation, String algorithm) {
        this.kernelCipher = kernelCipher;
        this.mac = mac;
        this.keyBytes = keyBytes;
        this.transformation = transformation;
        this.algorithm = algorithm;
    }

    /** @param name as JSSE has it. @return null if the kernel knows no such suite */
    static RecordSuite of(String name) {
        int with = name.indexOf(WITH);
        String cipher = with >= 0 ? name.substring(with + WITH.length()) : name.startsWith("TLS_") ? name.substring(4) : name;
        for (RecordSuite suite : values()) {
            if (suite.name().equals(cipher)) {
                return suite;
            }
        }
        return null;
    }

    boolean isGcm() {
        return this != CHACHA20_POLY1305_SHA256;
    }
}
