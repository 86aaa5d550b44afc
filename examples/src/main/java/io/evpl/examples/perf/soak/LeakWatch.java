package io.evpl.examples.perf.soak;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.concurrent.atomic.AtomicReference;

/** Has Netty's leak reports told, and not only logged. To be installed before a class with a detector is loaded. */
final class LeakWatch extends ResourceLeakDetectorFactory {
    private static final AtomicReference<String> FIRST = new AtomicReference<>();

    static void install() {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new LeakWatch());
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    /** @return what leaked, in one line; null if nothing was found so far */
    static String found() {
        return FIRST.get();
    }

    @Override
    @Deprecated
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval, long maxActive) {
        return newResourceLeakDetector(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
        return new Telling<>(resource, samplingInterval);
    }

    private static final class Telling<T> extends ResourceLeakDetector<T> {
        Telling(Class<?> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            FIRST.compareAndSet(null, "a " + resourceType + " was never released; last seen"
                    + records.lines().filter(line -> line.contains("io.evpl")).findFirst().map(line -> " at " + line.strip()).orElse(" nowhere"));
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            FIRST.compareAndSet(null, "a " + resourceType + " was never released");
        }
    }
}
