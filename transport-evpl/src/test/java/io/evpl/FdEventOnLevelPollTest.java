package io.evpl;

import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import java.io.PrintWriter;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** What watches descriptors also works on an io_uring without multishot poll, Linux before 5.13, which tells the level. */
class FdEventOnLevelPollTest {
    @Test
    void descriptorsAndSourcesAreServedWithoutMultishotPoll() throws Exception {
        String printed = ChildJvm.run(Suite.class, "-ea", "-Dio.evpl.uring.multishotPoll=false",
                "-Djunit.jupiter.extensions.autodetection.enabled=true");
        assertTrue(printed.contains("all of "), printed);
    }

    /** In a JVM of its own, because the features are probed once. */
    static final class Suite {
        private Suite() {
        }

        public static void main(String[] args) {
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(DiscoverySelectors.selectClass(FdEventTest.class),
                            DiscoverySelectors.selectClass(LoopSourceTest.class)).build();
            SummaryGeneratingListener listener = new SummaryGeneratingListener();
            LauncherFactory.create().execute(request, listener);
            TestExecutionSummary summary = listener.getSummary();
            summary.printFailuresTo(new PrintWriter(System.out, true));
            long passed = summary.getTestsSucceededCount();
            if (passed < 30 || passed != summary.getTestsFoundCount()) {
                throw new AssertionError(passed + " of " + summary.getTestsFoundCount() + " passed");
            }
            System.out.println("all of " + passed + " passed");
        }
    }
}
