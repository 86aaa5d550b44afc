package io.evpl.linux.uring;

import java.util.EnumSet;
import java.util.Set;

/** The features of a kernel that a test makes up. */
public final class ScriptedFeatures {
    private ScriptedFeatures() {
    }

    /** io_uring may be used and has just these. */
    public static RingFeatures of(Set<RingFeature> supported) {
        return RingFeatures.of(new RingProbe.Result(null, supported));
    }

    public static RingFeatures all() {
        return of(EnumSet.allOf(RingFeature.class));
    }

    public static RingFeatures allBut(RingFeature first, RingFeature... rest) {
        return of(EnumSet.complementOf(EnumSet.of(first, rest)));
    }

    public static RingFeatures none() {
        return of(EnumSet.noneOf(RingFeature.class));
    }
}
