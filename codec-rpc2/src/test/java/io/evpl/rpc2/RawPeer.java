package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;

/** A blocking socket that speaks bytes. */
final class RawPeer implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket;
    private final DataInputStream in;

    RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    static RawPeer connect(InetSocketAddress address) throws IOException {
        return new RawPeer(new Socket(address.getAddress(), address.getPort()));
    }

    static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    }

    static RawPeer accept(ServerSocket server) throws IOException {
        server.setSoTimeout(TIMEOUT_MS);
        return new RawPeer(server.accept());
    }

    void send(Delivery delivery, byte[] bytes) throws IOException {
        delivery.write(socket.getOutputStream(), bytes);
    }

    void sendRecord(byte[] message) throws IOException {
        send(Delivery.ONE_WRITE, Wire.record(message));
    }

    /** The next message; it must come as one fragment. */
    byte[] readRecord() throws IOException {
        int mark = in.readInt();
        assertEquals(0x8000_0000, mark & 0x8000_0000, "we never send more than one fragment");
        byte[] message = new byte[mark & 0x7fff_ffff];
        in.readFully(message);
        return message;
    }

    void expect(byte[] message) throws IOException {
        byte[] got = readRecord();
        assertArrayEquals(message, got, () -> HexFormat.of().formatHex(message) + " expected, but got " + HexFormat.of().formatHex(got));
    }

    void expectEnd() throws IOException {
        int next;
        try {
            next = in.read();
        } catch (java.net.SocketException e) {
            return; // reset: the peer closed with bytes of ours unread
        }
        assertEquals(-1, next, "the connection should be closed");
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
