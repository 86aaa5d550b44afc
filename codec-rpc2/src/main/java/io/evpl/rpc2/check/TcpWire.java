package io.evpl.rpc2.check;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** One TCP connection. */
final class TcpWire implements Wire {
    private static final int PAUSE_MS = 1; // between writes: enough for loopback, and matrices have thousands
    private static final int MAX_REPLY_BYTES = 16 << 20; // what a check is answered is far smaller

    private final Socket socket = new Socket();
    private final BufferedInputStream peek;
    private final DataInputStream in;
    private final OutputStream out;
    private final int patienceMs;

    TcpWire(InetSocketAddress address, int patienceMs) throws IOException {
        this.patienceMs = patienceMs;
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, patienceMs);
            peek = new BufferedInputStream(socket.getInputStream());
            in = new DataInputStream(peek);
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] bytes, Delivery delivery) throws IOException {
        try {
            delivery.deliver(bytes, out::write, this::pause);
        } catch (SocketException e) {
            // The peer closed before it had all: what it said first, if anything, is still to be read.
        }
    }

    /** Ends early if the peer says something or goes. */
    private void pause() throws IOException {
        socket.setSoTimeout(PAUSE_MS);
        peek.mark(1);
        try {
            peek.read();
        } catch (SocketTimeoutException e) {
            return;
        }
        peek.reset();
    }

    @Override
    public Outcome receive() throws IOException {
        socket.setSoTimeout(patienceMs);
        try {
            byte[] record = record();
            return record == null ? Outcome.malformed("a record of more than " + MAX_REPLY_BYTES + " bytes")
                    : Outcome.ofReply(record);
        } catch (SocketTimeoutException e) {
            return Outcome.of(Outcome.Kind.SILENCE);
        } catch (EOFException | SocketException e) {
            return Outcome.of(Outcome.Kind.CLOSED);
        }
    }

    private byte[] record() throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        int mark;
        do {
            mark = in.readInt();
            int length = mark & ~RecordBytes.LAST;
            if (length > MAX_REPLY_BYTES - record.size()) {
                return null;
            }
            byte[] fragment = new byte[length];
            in.readFully(fragment);
            record.write(fragment);
        } while ((mark & RecordBytes.LAST) == 0);
        return record.toByteArray();
    }

    @Override
    public boolean isStream() {
        return true;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
