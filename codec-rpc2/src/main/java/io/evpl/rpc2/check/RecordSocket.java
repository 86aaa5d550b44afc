package io.evpl.rpc2.check;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** A connected socket that carries records. One thread reads and writes. */
final class RecordSocket implements AutoCloseable {
    private static final int PAUSE_MS = 1; // between writes: enough for loopback, and matrices have thousands
    private static final int MAX_RECORD_BYTES = 16 << 20; // what a check sends or is answered is far smaller

    private final Socket socket;
    private final BufferedInputStream peek;
    private final DataInputStream in;
    private final OutputStream out;

    /** The socket is ours, whether this succeeds or not. */
    RecordSocket(Socket connected) throws IOException {
        socket = connected;
        try {
            connected.setTcpNoDelay(true);
            peek = new BufferedInputStream(connected.getInputStream());
            in = new DataInputStream(peek);
            out = connected.getOutputStream();
        } catch (IOException e) {
            connected.close();
            throw e;
        }
    }

    void write(byte[] bytes, Delivery delivery) throws IOException {
        delivery.deliver(bytes, out::write, this::pause);
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

    /**
     * @param timeoutMs for each part of it, 0: for ever
     * @throws SocketTimeoutException if nothing came
     * @throws java.io.EOFException   if the peer closed
     */
    byte[] read(int timeoutMs) throws IOException {
        socket.setSoTimeout(timeoutMs);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        int mark;
        do {
            mark = in.readInt();
            int length = mark & ~RecordBytes.LAST;
            if (length > MAX_RECORD_BYTES - record.size()) {
                throw new IOException("a record of more than " + MAX_RECORD_BYTES + " bytes");
            }
            byte[] fragment = new byte[length];
            in.readFully(fragment);
            record.write(fragment);
        } while ((mark & RecordBytes.LAST) == 0);
        return record.toByteArray();
    }

    /** Ends our half, and waits until the peer has ended its own: then it has dealt with it. */
    void leave(int timeoutMs) throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(timeoutMs);
        try {
            in.skipNBytes(Long.MAX_VALUE);
        } catch (EOFException | SocketException | SocketTimeoutException e) {
            return; // gone, or it does not care: the next connection tells
        }
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
