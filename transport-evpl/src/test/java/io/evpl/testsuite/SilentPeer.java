package io.evpl.testsuite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * The address that never answers, for the suite's connect time-outs and cancellations. By default the suite uses a host
 * on the Internet, which makes those tests depend on the network, and skip themselves where there is none.
 *
 * <p>Ours is a listener on loopback whose accept queue is full: Linux then drops every further SYN.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2), "backlog"</a>
 */
public final class SilentPeer implements TestExecutionListener {
    /** The kernel rounds a backlog up by one or two; far more than that means it is not dropping. */
    private static final int MAX_QUEUED = 64;
    private static final int ANSWER_WITHIN_MS = 200;

    /** Held open, never accepted from, until the JVM ends. */
    private static ServerSocket listener;
    private static final List<Socket> QUEUED = new ArrayList<>();

    /** Before any test: the suite reads the two properties once, when its permutation class is initialised. */
    @Override
    public synchronized void testPlanExecutionStarted(TestPlan testPlan) {
        if (listener != null) {
            return;
        }
        try {
            listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            fillAcceptQueue();
        } catch (IOException e) {
            throw new UncheckedIOException("no address that never answers", e);
        }
        System.setProperty("io.netty.testsuite.badHost", listener.getInetAddress().getHostAddress());
        System.setProperty("io.netty.testsuite.badPort", Integer.toString(listener.getLocalPort()));
    }

    private static void fillAcceptQueue() throws IOException {
        while (QUEUED.size() < MAX_QUEUED) {
            Socket socket = new Socket();
            try {
                socket.connect(listener.getLocalSocketAddress(), ANSWER_WITHIN_MS);
                QUEUED.add(socket);
            } catch (SocketTimeoutException full) {
                socket.close();
                return;
            }
        }
        throw new IOException(MAX_QUEUED + " connections queued on a listener with backlog 1");
    }
}
