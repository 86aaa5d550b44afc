package io.evpl;

import io.evpl.channel.Transport;
import io.evpl.epoll.EpollSource;
import io.evpl.linux.uring.RingFeatures;
import io.evpl.loop.WakeFd;
import io.evpl.uring.UringSource;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Chooses how loops sleep and do socket I/O: io_uring where it may be used, else epoll. */
final class Backends {
    static final String IO_URING = "io_uring";
    static final String EPOLL = "epoll";
    private static final String AUTO = "auto";
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Backends.class);

    /** A backend of one loop. {@code reason} says why it is not io_uring, null if it is. */
    record Opened(String name, Transport transport, String reason) {
    }

    /** The kernel is asked once. */
    private static final class Probed {
        static final RingFeatures FEATURES = RingFeatures.probe();
    }

    private Backends() {
    }

    static RingFeatures features() {
        return Probed.FEATURES;
    }

    static String chosen(EvplConfig config) {
        return config.backend().equals(AUTO) ? features().available() ? IO_URING : EPOLL : config.backend();
    }

    /** Why the configured backend cannot be used, null if it can. */
    static String refusal(EvplConfig config) {
        return config.backend().equals(IO_URING) && !features().available()
                ? "-Dio.evpl.backend=io_uring, but " + features().cause() : null;
    }

    /** @throws IOException naming what the kernel refuses; nothing is left open */
    static Opened open(EvplConfig config, WakeFd wakeFd) throws IOException {
        String refusal = refusal(config);
        if (refusal != null) {
            throw new IOException(refusal);
        }
        String reason = config.backend().equals(EPOLL) ? "-Dio.evpl.backend=epoll" : features().cause();
        if (chosen(config).equals(IO_URING)) {
            try {
                return new Opened(IO_URING, UringSource.open(features(), new UringSource.Settings(config.sqEntries(),
                        config.cqEntries(), config.bufferCount(), config.bufferBytes(), config.zeroCopyBytes(),
                        copyAllocator()), wakeFd), null);
            } catch (IOException e) {
                if (config.backend().equals(IO_URING)) {
                    throw e;
                }
                LOGGER.info("This loop uses epoll: {}", e.getMessage());
                reason = e.getMessage();
            }
        }
        return new Opened(EPOLL, EpollSource.open(wakeFd), reason);
    }

    private static ByteBufAllocator copyAllocator() {
        try {
            return Evpl.allocator();
        } catch (UncheckedIOException e) {
            LOGGER.info("Small messages are copied to Netty's pool: {}", e.getMessage());
            return PooledByteBufAllocator.DEFAULT;
        }
    }
}
