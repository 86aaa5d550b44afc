package io.evpl.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.internal.tcnative.KeyLogCallback;
import io.netty.internal.tcnative.SSLContext;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.net.ssl.SSLException;

/**
 * The secrets with which connections encrypt what they send, from BoringSSL's key log, until their channel takes them. Called
 * on the loops of all connections of a context, hence the lock; once a handshake.
 */
final class TrafficSecrets implements KeyLogCallback {
    private final byte[] label;
    private final Map<Long, byte[]> secrets = new HashMap<>();

    /** @param client whether our end is the client's */
    TrafficSecrets(boolean client) {
        label = (client ? "CLIENT_TRAFFIC_SECRET_0 " : "SERVER_TRAFFIC_SECRET_0 ").getBytes(StandardCharsets.US_ASCII);
    }

    /** Asks a context of BoringSSL's for the log. @throws SSLException Netty's class is closed to us */
    void watch(SslContext context) throws SSLException {
        try {
            // tcnative's own handle of the context: sslCtxPointer() is BoringSSL's, which setKeyLogCallback must not get.
            VarHandle handle = MethodHandles.privateLookupIn(ReferenceCountedOpenSslContext.class, MethodHandles.lookup())
                    .findVarHandle(ReferenceCountedOpenSslContext.class, "ctx", long.class);
            SSLContext.setKeyLogCallback((long) handle.get((ReferenceCountedOpenSslContext) context), this);
        } catch (ReflectiveOperationException e) {
            throw new SSLException("kernelTransmit: the secrets of BoringSSL cannot be had: " + e, e);
        }
    }

    /** A line of the log, in SSLKEYLOGFILE's format: label, client random, secret. Called from C: nothing may escape. */
    @Override
    public void handle(long ssl, byte[] line) {
        if (line.length > label.length && Arrays.equals(line, 0, label.length, label, 0, label.length)) {
            int from = line.length;
            while (line[from - 1] != ' ') {
                from--;
            }
            byte[] secret = HexFormat.of().parseHex(new String(line, from, line.length - from, StandardCharsets.US_ASCII));
            synchronized (secrets) {
                secrets.put(ssl, secret);
            }
        }
    }

    /** Whether the secret of this connection is there. */
    boolean has(long ssl) {
        synchronized (secrets) {
            return secrets.containsKey(ssl);
        }
    }

    /** @return null if there is none */
    byte[] take(long ssl) {
        synchronized (secrets) {
            return secrets.remove(ssl);
        }
    }
}
