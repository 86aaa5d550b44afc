package io.evpl.testsuite;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A listener on loopback that never answers, because its accept queue is full: Linux then drops every further SYN.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2), "backlog"</a>
 */
public final class FullListener implements AutoCloseable {
    private static final int BACKLOG = 1;
    /** "The queue limit is checked with >": Linux's sk_acceptq_is_full() lets one more than the backlog in. */
    private static final int QUEUED = BACKLOG + 1;
    private static final int CONNECTED_WITHIN_MS = 10_000;
    private static final int MAX_LOOKS = 1000;
    /** Port, state "listening", and rx_queue, which there is how many connections wait to be accepted: proc_pid_net(5). */
    private static final String LISTENER = ":%04X [0-9A-F]+:0000 0A [0-9A-F]+:([0-9A-F]+)";

    private final ServerSocket listener;
    private final List<Socket> queued = new ArrayList<>();

    public FullListener(InetAddress address, int port) throws IOException {
        listener = new ServerSocket(port, BACKLOG, address);
        while (queued.size() < QUEUED) {
            queued.add(connect());
        }
        // The kernel is asked: that a connection takes long to be made does not say so on a slow machine.
        int waiting = waiting();
        for (int look = 0; waiting <= BACKLOG && look < MAX_LOOKS; look++) {
            waiting = waiting(); // its end of a handshake comes a little later than ours
        }
        if (waiting <= BACKLOG) {
            close();
            throw new IOException(waiting + " connections queued of " + QUEUED + " that are connected");
        }
    }

    /** Java's sockets are IPv6 ones where there is IPv6. */
    private int waiting() throws IOException {
        Pattern pattern = Pattern.compile(LISTENER.formatted(listener.getLocalPort()));
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            Matcher line = pattern.matcher(Files.exists(Path.of(table)) ? Files.readString(Path.of(table)) : "");
            if (line.find()) {
                return Integer.parseInt(line.group(1), 16);
            }
        }
        throw new IOException("/proc/net has no listener on port " + listener.getLocalPort());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(listener.getLocalSocketAddress(), CONNECTED_WITHIN_MS);
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
