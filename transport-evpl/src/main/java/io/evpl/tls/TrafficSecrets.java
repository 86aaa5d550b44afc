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
 * The secrets of TLS 1.3 with which clients and servers encrypt what they send, from BoringSSL's key log, until the connection's
 * channel takes them. Called on the loops of all connections of a context, hence the lock; twice a handshake.
 */
final class TrafficSecrets implements KeyLogCallback {
    private static final byte[] CLIENT = label("CLIENT_TRAFFIC_SECRET_0 ");
    private static final byte[] SERVER = label("SERVER_TRAFFIC_SECRET_0 ");

    /** Of one connection; each is null until it is known. */
    record Secrets(byte[] client, byte[] server) {
        byte[] of(boolean clients) {
            return clients ? client : server;
        }
    }

    private static final Secrets NONE = new Secrets(null, null);

    private final Map<Long, Secrets> secrets = new HashMap<>();

    private static byte[] label(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Asks a context of BoringSSL's for the log. @throws SSLException Netty's class is closed to us */
    void watch(SslContext context) throws SSLException {
        try {
            // tcnative's own handle of the context: sslCtxPointer() is BoringSSL's, which setKeyLogCallback must not get.
            VarHandle handle = MethodHandles.privateLookupIn(ReferenceCountedOpenSslContext.class, MethodHandles.lookup())
                    .findVarHandle(ReferenceCountedOpenSslContext.class, "ctx", long.class);
            SSLContext.setKeyLogCallback((long) handle.get((ReferenceCountedOpenSslContext) context), this);
        } catch (ReflectiveOperationException e) {
            throw new SSLException("kernelTls: the secrets of BoringSSL cannot be had: " + e, e);
        }
    }

    /** A line of the log, in SSLKEYLOGFILE's format: label, client random, secret. Called from C: nothing may escape. */
    @Override
    public void handle(long ssl, byte[] line) {
        boolean client = startsWith(line, CLIENT);
        if (!client && !startsWith(line, SERVER)) {
            return;
        }
        int from = line.length;
        while (line[from - 1] != ' ') {
            from--;
        }
        byte[] secret = HexFormat.of().parseHex(new String(line, from, line.length - from, StandardCharsets.US_ASCII));
        synchronized (secrets) {
            Secrets known = secrets.getOrDefault(ssl, NONE);
            secrets.put(ssl, client ? new Secrets(secret, known.server) : new Secrets(known.client, secret));
        }
    }

    private static boolean startsWith(byte[] line, byte[] label) {
        return line.length > label.length && Arrays.equals(line, 0, label.length, label, 0, label.length);
    }

    /** Whether a secret of this connection is there. */
    boolean has(long ssl) {
        synchronized (secrets) {
            return secrets.containsKey(ssl);
        }
    }

    /** @return without secrets if there are none */
    Secrets take(long ssl) {
        synchronized (secrets) {
            Secrets known = secrets.remove(ssl);
            return known == null ? NONE : known;
        }
    }
}
