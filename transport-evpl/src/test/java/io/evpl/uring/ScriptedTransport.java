package io.evpl.uring;

import io.evpl.channel.Transport;
import io.evpl.linux.uring.Ring;
import io.evpl.linux.uring.RingFeatures;
import io.evpl.linux.uring.ScriptedKernel;
import io.evpl.loop.WakeFd;
import io.evpl.memory.EvplAllocator;
import io.evpl.memory.MemorySettings;

import java.io.IOException;

/** The io_uring backend on a kernel that the test plays. */
public final class ScriptedTransport {
    public static final int BUFFER_GROUP = 0;
    public static final int BUFFERS = 2;
    public static final int BUFFER_BYTES = 64;
    /** Sends of this size and more go without a copy. */
    public static final int ZERO_COPY_BYTES = 1000;

    /** What small messages are copied to, and whose slabs are fixed buffers. */
    public static final EvplAllocator SLABS = new EvplAllocator(new MemorySettings(1 << 20, 64 << 20, false, -1));

    private ScriptedTransport() {
    }

    public static Transport open(ScriptedKernel kernel, RingFeatures features, WakeFd wakeFd) throws IOException {
        return source(kernel, features, wakeFd);
    }

    static UringSource source(ScriptedKernel kernel, RingFeatures features, WakeFd wakeFd) throws IOException {
        return UringSource.scripted(new Ring(kernel, kernel.memory()), features,
                new UringSource.Settings(kernel.memory().sqEntries(), kernel.memory().cqEntries(), BUFFERS, BUFFER_BYTES,
                        ZERO_COPY_BYTES, SLABS), wakeFd);
    }
}
