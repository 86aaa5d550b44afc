package io.evpl.rpc2.check;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** One TCP connection. */
final class TcpWire implements Wire {
    private final RecordSocket socket;
    private final int patienceMs;

    TcpWire(InetSocketAddress address, int patienceMs) throws IOException {
        this.patienceMs = patienceMs;
        socket = new RecordSocket(connected(address, patienceMs));
    }

    private static Socket connected(InetSocketAddress address, int timeoutMs) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, timeoutMs);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] bytes, Delivery delivery) throws IOException {
        try {
            socket.write(bytes, delivery);
        } catch (SocketException e) {
            // The peer closed before it had all: what it said first, if anything, is still to be read.
        }
    }

    @Override
    public Outcome receive() throws IOException {
        try {
            return Outcome.ofReply(socket.read(patienceMs));
        } catch (SocketTimeoutException e) {
            return Outcome.of(Outcome.Kind.SILENCE);
        } catch (EOFException | SocketException e) {
            return Outcome.of(Outcome.Kind.CLOSED);
        } catch (IOException e) {
            return Outcome.malformed(e.getMessage());
        }
    }

    @Override
    public void leave() throws IOException {
        socket.leave(patienceMs);
    }

    @Override
    public boolean isStream() {
        return true;
    }

    @Override
    public void close() {
        socket.close();
    }
}
