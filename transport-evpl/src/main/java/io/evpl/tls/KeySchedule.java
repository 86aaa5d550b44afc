package io.evpl.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How keys come from secrets. */
final class KeySchedule {
    private KeySchedule() {
    }

    /** HKDF-Expand-Label of RFC 8446, section 7.1, with an empty context; no label here needs more than one block. */
    static byte[] expandLabel(String macName, byte[] secret, String label, int bytes) throws GeneralSecurityException {
        byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        Mac mac = mac(macName, secret);
        mac.update((byte) (bytes >> 8));
        mac.update((byte) bytes);
        mac.update((byte) full.length);
        mac.update(full);
        mac.update((byte) 0);
        mac.update((byte) 1);
        return Arrays.copyOf(mac.doFinal(), bytes);
    }

    /** The key block of TLS 1.2: P_hash of RFC 5246, section 5, with the seed of section 6.3. */
    static byte[] keyBlock(String macName, byte[] master, byte[] serverRandom, byte[] clientRandom, int bytes)
            throws GeneralSecurityException {
        Mac mac = mac(macName, master);
        byte[] label = "key expansion".getBytes(StandardCharsets.US_ASCII);
        byte[] seed = Arrays.copyOf(label, label.length + serverRandom.length + clientRandom.length);
        System.arraycopy(serverRandom, 0, seed, label.length, serverRandom.length);
        System.arraycopy(clientRandom, 0, seed, label.length + serverRandom.length, clientRandom.length);
        byte[] block = new byte[bytes];
        byte[] round = seed;
        for (int at = 0; at < bytes; at += mac.getMacLength()) {
            round = mac.doFinal(round);
            mac.update(round);
            byte[] part = mac.doFinal(seed);
            System.arraycopy(part, 0, block, at, Math.min(part.length, bytes - at));
        }
        return block;
    }

    private static Mac mac(String name, byte[] secret) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(name);
        mac.init(new SecretKeySpec(secret, name));
        return mac;
    }
}
