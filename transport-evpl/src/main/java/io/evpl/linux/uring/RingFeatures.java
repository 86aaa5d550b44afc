package io.evpl.linux.uring;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What io_uring can do here: whether it may be used at all, and which features the kernel has and the user has not
 * switched off. Immutable.
 */
public final class RingFeatures {
    /** One row of what {@code ./evpl doctor} shows. {@code cause} says why it is not used, null if it is. */
    public record Feature(String key, boolean supported, boolean enabled, String purpose, String sinceKernel,
                          String cause) {
    }

    private final String unavailable;
    private final Map<RingFeature, Feature> features;

    private RingFeatures(String unavailable, Map<RingFeature, Feature> features) {
        this.unavailable = unavailable;
        this.features = features;
    }

    /** Asks the running kernel, by opening and closing small rings. Takes about a millisecond; nothing stays open. */
    public static RingFeatures probe() {
        return of(RingProbe.run());
    }

    /** Applies the switches, and the features' need of each other, to what a kernel {@code supports}. */
    static RingFeatures of(RingProbe.Result result) {
        Map<RingFeature, Feature> features = new EnumMap<>(RingFeature.class);
        for (RingFeature feature : RingFeature.values()) {
            boolean supported = result.supported().contains(feature);
            String cause = !supported ? "needs Linux " + feature.sinceKernel()
                    : switchedOff(feature) ? "switched off by -D" + feature.property() + "=false"
                    : missingGround(feature, features);
            features.put(feature, new Feature(feature.key(), supported, cause == null, feature.purpose(),
                    feature.sinceKernel(), cause));
        }
        return new RingFeatures(result.refusal(), features);
    }

    private static boolean switchedOff(RingFeature feature) {
        String value = System.getProperty(feature.property());
        if (value == null || value.equals("true")) {
            return false;
        }
        if (value.equals("false")) {
            return true;
        }
        throw new IllegalArgumentException(
                "-D" + feature.property() + "=" + value + ": must be true or false");
    }

    /** Some features stand on others. @return why this one cannot be used, null if it can */
    private static String missingGround(RingFeature feature, Map<RingFeature, Feature> earlier) {
        RingFeature ground = switch (feature) {
            case DEFER_TASKRUN -> RingFeature.SINGLE_ISSUER;
            case MULTISHOT_RECV, MULTISHOT_RECVMSG, INCREMENTAL_BUFFERS -> RingFeature.BUFFER_RING;
            case SENDMSG_ZC -> RingFeature.SEND_ZC;
            default -> null;
        };
        return ground == null || earlier.get(ground).enabled() ? null : "needs " + ground.key() + ", which is off";
    }

    public boolean available() {
        return unavailable == null;
    }

    /** Why io_uring cannot be used here, with the fix; null if it can. */
    public String cause() {
        return unavailable;
    }

    /** Whether the kernel has the feature and the user left it on. */
    public boolean has(RingFeature feature) {
        return features.get(feature).enabled();
    }

    public List<Feature> list() {
        return List.copyOf(new ArrayList<>(features.values()));
    }

    /** {@code SETUP_*} flags of a loop's ring: disabled at first, so that the thread that enables it owns it. */
    public int setupFlags() {
        int flags = UringAbi.SETUP_CLAMP | UringAbi.SETUP_CQSIZE | UringAbi.SETUP_R_DISABLED;
        flags |= has(RingFeature.SUBMIT_ALL) ? UringAbi.SETUP_SUBMIT_ALL : 0;
        flags |= has(RingFeature.SINGLE_ISSUER) ? UringAbi.SETUP_SINGLE_ISSUER : 0;
        flags |= has(RingFeature.NO_SQARRAY) ? UringAbi.SETUP_NO_SQARRAY : 0;
        if (has(RingFeature.DEFER_TASKRUN)) {
            flags |= UringAbi.SETUP_DEFER_TASKRUN;
        } else if (has(RingFeature.TASKRUN_FLAG)) {
            flags |= UringAbi.SETUP_COOP_TASKRUN;
        }
        flags |= has(RingFeature.TASKRUN_FLAG) ? UringAbi.SETUP_TASKRUN_FLAG : 0;
        return flags;
    }
}
