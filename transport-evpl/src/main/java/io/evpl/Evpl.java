package io.evpl;

import io.evpl.linux.uring.RingFeatures;
import io.evpl.memory.EvplAllocator;
import io.evpl.metrics.EvplMetrics;
import io.evpl.metrics.LoopReading;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;

import java.util.ArrayList;
import java.util.List;

/** Whether the transport can be used here, with which backend, and why not with another. */
public final class Evpl {
    private static final Throwable UNAVAILABILITY_CAUSE = unavailability();

    /** A way to sleep and to do socket I/O. {@code cause} says why it is not usable, null if it is. */
    public record Backend(String name, boolean usable, boolean chosen, String cause) {
    }

    private static EvplAllocator allocator;

    private Evpl() {
    }

    /**
     * The process's allocator of memory that devices can be told of, made at the first call from
     * {@code -Dio.evpl.memory.*}. For {@code ChannelOption.ALLOCATOR}; it is nowhere the default. Loops on io_uring copy small
     * messages into its buffers.
     *
     * @throws java.io.UncheckedIOException so many addresses cannot be reserved: the message names the key
     */
    public static synchronized EvplAllocator allocator() {
        if (allocator == null) {
            allocator = new EvplAllocator(EvplConfig.fromSystemProperties().memory());
        }
        return allocator;
    }

    /**
     * The counts of channels of ours on the loops of {@code group}, as they are whenever they are read: an {@link EvplEventLoopGroup},
     * or loops of Netty's that take our channels. Micrometer's meters hold weakly what they read: keep the list. Any thread.
     *
     * @throws IllegalArgumentException a loop that takes none; names those that do
     */
    public static List<LoopReading> readings(EventLoopGroup group) {
        if (group instanceof EvplEventLoopGroup own) {
            return own.readings();
        }
        List<LoopReading> readings = new ArrayList<>();
        for (EventExecutor loop : group) {
            readings.add(LoopChannels.reading(readings.size(), (EventLoop) loop));
        }
        return List.copyOf(readings);
    }

    /**
     * The counts of channels of ours on the loops of {@code group} now. Those of a loop of Netty's that has ended are gone, but from
     * {@link #readings} that were made before. Any thread.
     *
     * @param name tells it from other groups
     * @throws IllegalArgumentException as {@link #readings}
     */
    public static EvplMetrics metrics(String name, EventLoopGroup group) {
        return EvplMetrics.of(name, readings(group));
    }

    private static Throwable unavailability() {
        String os = System.getProperty("os.name");
        if (!os.equals("Linux")) {
            return new UnsupportedOperationException("evpl needs Linux, this is " + os);
        }
        try {
            String refusal = Backends.refusal(EvplConfig.fromSystemProperties());
            return refusal == null ? null : new UnsupportedOperationException(refusal);
        } catch (RuntimeException | LinkageError e) {
            return e;
        }
    }

    public static boolean isAvailable() {
        return UNAVAILABILITY_CAUSE == null;
    }

    /** @return what keeps the transport from being used, null if nothing does */
    public static Throwable unavailabilityCause() {
        return UNAVAILABILITY_CAUSE;
    }

    /** @throws IllegalStateException if the transport cannot be used, with the reason */
    public static void ensureAvailability() {
        if (UNAVAILABILITY_CAUSE != null) {
            throw new IllegalStateException("evpl is unavailable: " + UNAVAILABILITY_CAUSE.getMessage(),
                    UNAVAILABILITY_CAUSE);
        }
    }

    /** All backends; at most one is chosen. */
    public static List<Backend> backends() {
        String cause = UNAVAILABILITY_CAUSE == null ? null : UNAVAILABILITY_CAUSE.getMessage();
        RingFeatures features;
        String chosen;
        try {
            features = Backends.features();
            chosen = cause == null ? Backends.chosen(EvplConfig.fromSystemProperties()) : "none";
        } catch (LinkageError | RuntimeException e) {
            return List.of(new Backend(Backends.IO_URING, false, false, cause),
                    new Backend(Backends.EPOLL, false, false, cause));
        }
        return List.of(
                new Backend(Backends.IO_URING, features.available(), chosen.equals(Backends.IO_URING), features.cause()),
                new Backend(Backends.EPOLL, true, chosen.equals(Backends.EPOLL), null));
    }

    /** One line: the backend that loops use, and why not another. */
    public static String describe() {
        if (UNAVAILABILITY_CAUSE != null) {
            return "unavailable: " + UNAVAILABILITY_CAUSE.getMessage();
        }
        EvplConfig config = EvplConfig.fromSystemProperties();
        String chosen = Backends.chosen(config);
        if (!config.backend().equals("auto")) {
            return chosen + " (set by -Dio.evpl.backend)";
        }
        return chosen.equals(Backends.IO_URING) ? chosen : chosen + " (not io_uring: " + Backends.features().cause() + ')';
    }
}
