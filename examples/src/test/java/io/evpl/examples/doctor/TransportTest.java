package io.evpl.examples.doctor;

import io.evpl.linux.uring.RingFeatures.Feature;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TransportTest {
    @Test
    void switchedOffFeatureTellsWhichSwitchToRemove() {
        Finding finding = Transport.feature(feature(true, false, "switched off by -Dio.evpl.uring.sendZc=false"));
        assertEquals(Mark.WARN, finding.mark());
        assertEquals("remove -Dio.evpl.uring.sendZc=false", finding.fix());
    }

    @Test
    void featureThatStandsOnAnotherHasNoSwitchOfItsOwnToRemove() {
        Finding finding = Transport.feature(feature(true, false, "needs bufferRing, which is off"));
        assertEquals(Mark.WARN, finding.mark());
        assertEquals("", finding.fix());
    }

    @Test
    void missingFeatureTellsTheKernelThatHasIt() {
        Finding finding = Transport.feature(feature(false, false, "needs Linux 6.2"));
        assertEquals(Mark.WARN, finding.mark());
        assertEquals("run Linux 6.2 or newer", finding.fix());
    }

    @Test
    void featuresAreNotListedOneByOneWhereThereIsNoRing() {
        Section section = Transport.features("EPERM", List.of(feature(false, false, null), feature(false, false, null)));
        assertEquals(1, section.findings().size());
        assertEquals(Mark.INFO, section.findings().getFirst().mark());
    }

    @Test
    void refusedBackendIsAFailureOnlyWhereNoOtherServes() {
        assertEquals(Mark.WARN, Transport.backend("io_uring", false, false, "EPERM", true).mark());
        assertEquals(Mark.FAIL, Transport.backend("epoll", false, false, "ENOSYS", false).mark());
    }

    @Test
    void transportThatDoesNotLoadIsAFindingThatNamesTheRootCause() {
        Transport transport = Transport.broken(new ExceptionInInitializerError(new IllegalStateException("no such symbol")));
        assertFalse(transport.usable());
        assertTrue(transport.summary().contains("no such symbol"), transport.summary());
    }

    @Test
    void badSettingIsToldInTheTransportsOwnWords() {
        String words = "-Dio.evpl.spinNs=soon: must be a whole number";
        Transport transport = Transport.broken(new ExceptionInInitializerError(new IllegalArgumentException(words)));
        assertEquals(words, transport.summary());
        assertEquals("correct or remove this setting", transport.sections().getFirst().findings().getFirst().fix());
    }

    private static Feature feature(boolean supported, boolean enabled, String cause) {
        return new Feature("sendZc", supported, enabled, "large buffers are sent without a copy", "6.2", cause);
    }
}
