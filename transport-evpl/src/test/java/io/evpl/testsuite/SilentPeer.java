package io.evpl.testsuite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * The address that never answers, for the suite's connect time-outs and cancellations. By default the suite uses a host
 * on the Internet, which makes those tests depend on the network, and skip themselves where there is none.
 */
public final class SilentPeer implements TestExecutionListener {
    /** Held open until the JVM ends. */
    private static FullListener listener;

    /** Before any test: the suite reads the two properties once, when its permutation class is initialised. */
    @Override
    public synchronized void testPlanExecutionStarted(TestPlan testPlan) {
        if (listener != null) {
            return;
        }
        try {
            listener = new FullListener(InetAddress.getLoopbackAddress(), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("no address that never answers", e);
        }
        System.setProperty("io.netty.testsuite.badHost", listener.address().getAddress().getHostAddress());
        System.setProperty("io.netty.testsuite.badPort", Integer.toString(listener.address().getPort()));
    }
}
