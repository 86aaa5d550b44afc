package io.evpl.rpc2;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails every test class after which Netty's leak detector, tracking each single buffer, finds one that was collected
 * but never released. Registered for all tests of the module through {@code META-INF/services}.
 *
 * <p>A leak is charged to the class after which it is first seen. That is the class that made it, unless something (a
 * channel still closing, a loop still running) kept the buffer reachable for longer.
 */
public final class LeakGate implements BeforeAllCallback, AfterAllCallback {
    /** A collection hands its cleared references on in no particular order; the second one sees what the first left. */
    private static final int COLLECTIONS = 2;
    private static final long COLLECTION_DEADLINE_MS = 10_000;

    private static final RecordingFactory FACTORY = new RecordingFactory();

    @Override
    public void beforeAll(ExtensionContext context) {
        install();
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        List<String> leaks = takeLeaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leak(s) seen after " + context.getDisplayName() + ":\n"
                    + String.join("\n", leaks));
        }
    }

    private static synchronized void install() {
        if (ResourceLeakDetectorFactory.instance() == FACTORY) {
            return;
        }
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(FACTORY);
        UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        if (FACTORY.detectors.isEmpty()) {
            throw new IllegalStateException("Netty's buffers had made their leak detector before " + LeakGate.class
                    + " could: no leak would be seen");
        }
    }

    /** @return every leak found since the last call, each with the buffer's access records */
    static List<String> takeLeaks() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            collect();
            FACTORY.detectors.forEach(LeakGate::provokeReport);
        }
        List<String> leaks = new ArrayList<>();
        for (String leak = FACTORY.leaks.poll(); leak != null; leak = FACTORY.leaks.poll()) {
            leaks.add(leak);
        }
        return leaks;
    }

    private static void collect() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> sentinel = new WeakReference<>(new Object(), queue);
        System.gc();
        if (queue.remove(COLLECTION_DEADLINE_MS) != sentinel) {
            throw new IllegalStateException("System.gc() collected nothing; is -XX:+DisableExplicitGC set?");
        }
    }

    /** A detector looks at its reference queue only when something new is tracked. */
    private static void provokeReport(ResourceLeakDetector<Object> detector) {
        Object probe = new Object();
        detector.trackForcibly(probe).close(probe);
    }

    private static final class RecordingFactory extends ResourceLeakDetectorFactory {
        private final Queue<ResourceLeakDetector<Object>> detectors = new ConcurrentLinkedQueue<>();
        private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            ResourceLeakDetector<T> detector = new AlwaysReporting<>(resource, samplingInterval);
            detector.setLeakListener((resourceType, records) -> leaks.add("LEAK: " + resourceType + records));
            // A detector only ever stores identity and class name of what it tracks, so any object will do as a probe.
            @SuppressWarnings("unchecked")
            ResourceLeakDetector<Object> forProbes = (ResourceLeakDetector<Object>) detector;
            detectors.add(forProbes);
            return detector;
        }

        @Override
        @Deprecated
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval,
                                                                   long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }
    }

    private static final class AlwaysReporting<T> extends ResourceLeakDetector<T> {
        AlwaysReporting(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        /** Whatever the log level is. */
        @Override
        protected boolean needReport() {
            return true;
        }
    }
}
