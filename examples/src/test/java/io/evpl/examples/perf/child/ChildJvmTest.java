package io.evpl.examples.perf.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.Transport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildJvmTest {
    private static final long TIMEOUT_MS = 20_000;

    /** What a child's main may do wrong. */
    static final class Crash {
        private Crash() { }

        public static void main(String[] args) {
            throw new IllegalStateException("out of cheese");
        }
    }

    /** A child that ignores what it is told, but not the end of its input. */
    static final class Deaf {
        private Deaf() { }

        public static void main(String[] args) throws InterruptedException {
            ParentLink.open().say(Role.SERVER, ControlLine.of("here"));
            Thread.currentThread().join();
        }
    }

    @Test
    void aChildThatCrashesSaysWhy() throws Exception {
        try (ChildJvm child = start(Crash.class)) {
            ChildFailure failure = assertThrows(ChildFailure.class, () -> child.answer(Role.SERVER, "ready", TIMEOUT_MS));
            assertTrue(failure.getMessage().startsWith("victim died with exit code 1: Exception in thread \"main\""), failure::getMessage);
            assertTrue(failure.getMessage().endsWith("out of cheese"), failure::getMessage);
        }
    }

    @Test
    void aChildThatDoesNotAnswerIsWaitedForNoLongerThanSaid() throws Exception {
        try (ChildJvm child = start(Deaf.class)) {
            child.answer(Role.SERVER, "here", TIMEOUT_MS);
            ChildFailure failure = assertThrows(ChildFailure.class, () -> child.answer(Role.SERVER, 10));
            assertEquals("victim did not answer within 10 ms", failure.getMessage());
        }
    }

    @Test
    void theEndOfItsInputEndsAChildWhateverItDoes() throws Exception {
        ChildJvm child = start(Deaf.class);
        child.answer(Role.SERVER, "here", TIMEOUT_MS);
        ProcessHandle process = ProcessHandle.current().children().findFirst().orElseThrow();
        child.close();
        assertFalse(process.isAlive());
    }

    @Test
    void aTransportThatIsNotOnTheClassPathSaysSo() {
        TransportLoops.Unavailable unavailable = assertThrows(TransportLoops.Unavailable.class,
                () -> TransportLoops.open(Transport.NETTY42_URING, 1, List.of()));
        assertEquals("io.netty.channel.uring.IoUring is not on the class path", unavailable.getMessage());
    }

    private static ChildJvm start(Class<?> main) throws ChildFailure {
        return ChildJvm.start("victim", main, System.getProperty("java.class.path"), List.of(), List.of());
    }
}
