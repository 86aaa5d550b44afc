package io.evpl.testsuite;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A listener on loopback that never answers, because its accept queue is full: Linux then drops every further SYN.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2), "backlog"</a>
 */
public final class FullListener implements AutoCloseable {
    private static final int BACKLOG = 1;
    /** "The queue limit is checked with >": Linux's sk_acceptq_is_full() lets one more than the backlog in. */
    private static final int QUEUED = BACKLOG + 1;
    /** Far more than that means that the kernel is not dropping. */
    private static final int MAX_QUEUED = 64;
    private static final int CONNECTED_WITHIN_MS = 10_000;
    private static final int SILENT_FOR_MS = 200;

    private final ServerSocket listener;
    private final List<Socket> queued = new ArrayList<>();

    public FullListener(InetAddress address, int port) throws IOException {
        listener = new ServerSocket(port, BACKLOG, address);
        while (queued.size() < QUEUED) {
            queued.add(connect(CONNECTED_WITHIN_MS));
        }
        while (queued.size() < MAX_QUEUED) {
            try {
                queued.add(connect(SILENT_FOR_MS));
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        close();
        throw new IOException(MAX_QUEUED + " connections queued on a listener with backlog " + BACKLOG);
    }

    private Socket connect(int timeoutMs) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(listener.getLocalSocketAddress(), timeoutMs);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : queued) {
            socket.close();
        }
        listener.close();
    }
}
