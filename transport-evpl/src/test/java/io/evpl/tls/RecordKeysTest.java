package io.evpl.tls;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.TlsCryptoInfo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
        byte[] info = info(RecordKeys.tls13(RecordSuite.AES_128_GCM_SHA256, SECRET), 0x0102030405060708L);
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
        byte[] info = info(RecordKeys.tls13(RecordSuite.of(suite), new byte[48]), 7);
        assertEquals(56, info.length);
        assertEquals(cipher, info[2]);
        assertArrayEquals(hex("0000000000000007"), Arrays.copyOfRange(info, sequenceOffset, info.length));
    }

    @Test
    void theRecordOfTheRfcsTraceIsDecryptedUnderItsNumberOnly() throws Exception {
        RecordKeys keys = RecordKeys.tls13(RecordSuite.AES_128_GCM_SHA256, SECRET);
        assertNull(keys.decrypt(CLOSE_NOTIFY, 0));
        RecordKeys.Content content = keys.decrypt(CLOSE_NOTIFY, 2);
        assertEquals(21, content.type());
        assertArrayEquals(hex("0100"), content.bytes());
    }

    @Test
    void aSuiteThatTheKernelDoesNotKnowHasNone() {
        assertNull(RecordSuite.of("TLS_AES_128_CCM_SHA256"));
        assertNull(RecordSuite.of("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"));
        assertEquals(RecordSuite.AES_256_GCM_SHA384, RecordSuite.of("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"));
        assertEquals(RecordSuite.CHACHA20_POLY1305_SHA256, RecordSuite.of("TLS_CHACHA20_POLY1305_SHA256"));
    }

    @ParameterizedTest
    @EnumSource(RecordSuite.class)
    void whatIsEncryptedForBoringSslIsDecryptedUnderItsNumber(RecordSuite suite) throws Exception {
        byte[] secret = new byte[48];
        for (RecordKeys keys : List.of(RecordKeys.tls13(suite, secret),
                RecordKeys.tls12(suite, secret, new byte[32], secret, true))) {
            byte[] record = keys.encrypt((byte) 21, hex("0100"), 5);
            assertEquals(record.length - RecordKeys.HEADER_BYTES, record[4]);
            RecordKeys.Content content = keys.decrypt(record, 5);
            assertEquals(21, content.type());
            assertArrayEquals(hex("0100"), content.bytes());
            assertNull(keys.decrypt(record, 6));
        }
    }

    /** In TLS 1.2 the explicit part of AES-GCM's nonce is the record's number: RFC 5288, section 3 leaves it to the sender. */
    @Test
    void theKernelGoesOnWithBoringSslsExplicitNonces() throws Exception {
        RecordKeys keys = RecordKeys.tls12(RecordSuite.AES_128_GCM_SHA256, new byte[48], new byte[32], new byte[32], false);
        byte[] info = info(keys, 0x0102030405060708L);
        assertArrayEquals(hex("03033300"), Arrays.copyOf(info, 4), "version 0x0303 and cipher 51");
        assertArrayEquals(hex("0102030405060708"), Arrays.copyOfRange(info, 4, 12), "iv");
        assertArrayEquals(hex("0102030405060708"), Arrays.copyOfRange(info, 32, 40), "number");
    }

    @Test
    void secretsAreKeptUntilTheyAreTaken() {
        TrafficSecrets secrets = new TrafficSecrets();
        for (String label : new String[] {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "EXPORTER_SECRET"}) {
            secrets.handle(1, (label + " 00ff 0102").getBytes(StandardCharsets.US_ASCII));
        }
        assertFalse(secrets.has(1));
        secrets.handle(1, "SERVER_TRAFFIC_SECRET_0 00ff a1b2".getBytes(StandardCharsets.US_ASCII));
        secrets.handle(1, "CLIENT_TRAFFIC_SECRET_0 00ff c3d4".getBytes(StandardCharsets.US_ASCII));
        assertFalse(secrets.has(2));
        TrafficSecrets.Secrets told = secrets.take(1);
        assertArrayEquals(hex("a1b2"), told.of(false));
        assertArrayEquals(hex("c3d4"), told.of(true));
        assertNull(secrets.take(1).of(true));
    }
}
