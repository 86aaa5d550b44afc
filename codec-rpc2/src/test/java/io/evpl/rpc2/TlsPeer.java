package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A blocking socket that speaks bytes, and TLS by the JDK's sockets from when it is told to. */
final class TlsPeer implements AutoCloseable {
    static final int AUTH_TLS = 7;
    private static final byte[] STARTTLS = "STARTTLS".getBytes(StandardCharsets.US_ASCII);
    private static final int TIMEOUT_MS = 20_000;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;

    private final Socket plain;
    private Socket socket;
    private DataInputStream in;

    private TlsPeer(Socket socket) throws IOException {
        plain = socket;
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    static TlsPeer connect(InetSocketAddress address) throws IOException {
        return new TlsPeer(new Socket(address.getAddress(), address.getPort()));
    }

    static TlsPeer accept(ServerSocket server) throws IOException {
        server.setSoTimeout(TIMEOUT_MS);
        return new TlsPeer(server.accept());
    }

    // ---- messages -----------------------------------------------------------------------------------------------------

    static Wire.Call probe(int xid) {
        return Wire.call(xid).credential(AUTH_TLS, Wire.EMPTY);
    }

    /** What a server says to the probe. */
    static byte[] starttls(int xid) {
        return starttls(xid, 0);
    }

    static byte[] starttls(int xid, int acceptStat) {
        return Wire.of(xid, 1, 0, 0).opaque(STARTTLS).words(acceptStat).bytes();
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    void sendRecord(byte[] message) throws IOException {
        send(Wire.record(message));
    }

    byte[] readRecord() throws IOException {
        int mark = in.readInt();
        assertEquals(0x8000_0000, mark & 0x8000_0000, "one fragment");
        byte[] message = new byte[mark & 0x7fff_ffff];
        in.readFully(message);
        return message;
    }

    void expect(byte[] message) throws IOException {
        byte[] got = readRecord();
        assertArrayEquals(message, got, () -> HexFormat.of().formatHex(message) + " expected, but got " + HexFormat.of().formatHex(got));
    }

    /** Within TLS by an alert or in order, in the clear by an end; never by another record, nor by a timeout. */
    void expectEnd() throws IOException {
        try {
            byte[] got = readRecord();
            fail("the connection should be closed, but there came " + HexFormat.of().formatHex(got));
        } catch (EOFException | SocketException | SSLException e) {
            // as it should be
        }
    }

    /** In the clear, up to the end: an alert of TLS may come (content type 21, RFC 8446, section 5.1), and no record mark. */
    void expectNoRecord() throws IOException {
        try {
            for (int first = in.read(); first >= 0; first = in.read()) {
                assertEquals(ALERT, first, "not the first byte of an alert");
                in.skipNBytes(2);
                in.skipNBytes(in.readUnsignedShort());
            }
        } catch (SocketException e) {
            // reset: bytes of ours were not read
        }
    }

    /** The probe of a client of ours; returns its xid. */
    int readProbe() throws IOException {
        byte[] message = readRecord();
        int xid = ByteBuffer.wrap(message).getInt();
        assertArrayEquals(probe(xid).bytes(), message);
        return xid;
    }

    // ---- TLS ----------------------------------------------------------------------------------------------------------

    /** The probe, its answer and the handshake as RFC 9289 wants them. */
    TlsPeer start(SSLContext context) throws IOException {
        sendRecord(probe(0x7150_0001).bytes());
        expect(starttls(0x7150_0001));
        return handshake(context, true, "TLSv1.3", "sunrpc");
    }

    /** @param applicationProtocols none: no ALPN */
    TlsPeer handshake(SSLContext context, boolean client, String version, String... applicationProtocols) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        tls.setUseClientMode(client);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(applicationProtocols);
        if (!client) {
            parameters.setWantClientAuth(true);
        }
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        socket = tls;
        in = new DataInputStream(tls.getInputStream());
        return this;
    }

    /** The first record of a client's handshake (content type 22, RFC 8446, section 5.1). */
    void readClientHello() throws IOException {
        assertEquals(HANDSHAKE, in.read());
        in.skipNBytes(2);
        in.skipNBytes(in.readUnsignedShort());
    }

    /** Of the handshake. */
    String applicationProtocol() {
        return ((SSLSocket) socket).getApplicationProtocol();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        plain.close();
    }
}
