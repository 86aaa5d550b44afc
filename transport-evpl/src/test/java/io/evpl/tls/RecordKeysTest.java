package io.evpl.tls;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.TlsCryptoInfo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Keys of records against RFC 8448's trace, and where the kernel finds them. */
class RecordKeysTest {
    /** RFC 8448, section 3: server_application_traffic_secret_0, and the key and IV "derive write traffic keys for application data". */
    private static final byte[] SECRET = hex("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
    private static final byte[] KEY = hex("9f02283b6c9c07efc26bb9f2ac92e356");
    private static final byte[] IV = hex("cf782b88dd83549aadf1e984");
    /** The same section: the server's alert "close_notify", its record number 2 with these keys. */
    private static final byte[] CLOSE_NOTIFY = hex("1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9");

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] info(RecordKeys keys, long sequence) {
        try (Arena arena = Arena.ofConfined()) {
            long info = NativeAddress.allocate(arena, TlsCryptoInfo.MAX_BYTES);
            byte[] bytes = new byte[keys.writeTo(info, sequence)];
            NativeAddress.copyOut(info, bytes, 0, bytes.length);
            return bytes;
        }
    }

    @Test
    void theKernelGetsTheKeysOfTheRfcsTrace() throws Exception {
        byte[] info = info(RecordKeys.of("TLS_AES_128_GCM_SHA256", SECRET), 0x0102030405060708L);
        assertEquals(40, info.length);
        assertArrayEquals(hex("04033300"), Arrays.copyOf(info, 4), "version 0x0304 and cipher 51, little-endian");
        assertArrayEquals(Arrays.copyOfRange(IV, 4, 12), Arrays.copyOfRange(info, 4, 12), "iv");
        assertArrayEquals(KEY, Arrays.copyOfRange(info, 12, 28), "key");
        assertArrayEquals(Arrays.copyOf(IV, 4), Arrays.copyOfRange(info, 28, 32), "salt");
        assertArrayEquals(hex("0102030405060708"), Arrays.copyOfRange(info, 32, 40), "number, in the order of the network");
    }

    @ParameterizedTest
    @CsvSource({"TLS_AES_256_GCM_SHA384,52,48", "TLS_CHACHA20_POLY1305_SHA256,54,48"})
    void otherCiphersEndWithTheNumber(String suite, int cipher, int sequenceOffset) throws Exception {
        byte[] info = info(RecordKeys.of(suite, new byte[48]), 7);
        assertEquals(56, info.length);
        assertEquals(cipher, info[2]);
        assertArrayEquals(hex("0000000000000007"), Arrays.copyOfRange(info, sequenceOffset, info.length));
    }

    @Test
    void theRecordOfTheRfcsTraceIsDecryptedUnderItsNumberOnly() throws Exception {
        RecordKeys keys = RecordKeys.of("TLS_AES_128_GCM_SHA256", SECRET);
        assertNull(keys.decrypt(CLOSE_NOTIFY, 0));
        RecordKeys.Content content = keys.decrypt(CLOSE_NOTIFY, 2);
        assertEquals(21, content.type());
        assertArrayEquals(hex("0100"), content.bytes());
    }

    @Test
    void aSuiteThatTheKernelDoesNotKnowHasNone() throws Exception {
        assertNull(RecordKeys.of("TLS_AES_128_CCM_SHA256", SECRET));
    }

    @Test
    void theSecretOfOurOwnDirectionIsKeptUntilItIsTaken() {
        TrafficSecrets secrets = new TrafficSecrets(false);
        for (String label : new String[] {"CLIENT_TRAFFIC_SECRET_0", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "EXPORTER_SECRET"}) {
            secrets.handle(1, (label + " 00ff 0102").getBytes(StandardCharsets.US_ASCII));
        }
        assertNull(secrets.take(1));
        secrets.handle(1, "SERVER_TRAFFIC_SECRET_0 00ff a1b2".getBytes(StandardCharsets.US_ASCII));
        assertNull(secrets.take(2));
        assertArrayEquals(hex("a1b2"), secrets.take(1));
        assertNull(secrets.take(1));
    }
}
