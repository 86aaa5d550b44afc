package io.evpl.examples.perf.child;

import com.sun.management.OperatingSystemMXBean;
import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Scenario;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.HdrHistogram.Histogram;

/** What a load generator is told, one order after the other. */
final class LoadOrders {
    private static final OperatingSystemMXBean PROCESS = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final ParentLink parent;
    private final LoadGenerator generator;

    LoadOrders(ParentLink parent, LoadGenerator generator) {
        this.parent = parent;
        this.generator = generator;
    }

    /** As long as the parent lives. */
    void obey() {
        try {
            while (true) {
                ControlLine order = parent.nextOrder(Role.LOAD);
                try {
                    obey(order);
                } catch (LoadGenerator.Stalled e) {
                    say(ControlLine.of("stalled", "reason", e.getMessage()));
                } catch (LoadGenerator.Failed e) {
                    say(ControlLine.of("failed", "reason", e.getMessage()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(ControlLine line) {
        parent.say(Role.LOAD, line);
    }

    private void obey(ControlLine order) throws LoadGenerator.Stalled, LoadGenerator.Failed, InterruptedException {
        switch (order.word()) {
            case "connect" -> {
                generator.connect(Scenario.fromFields(order.fields()), order.text("place"));
                say(ControlLine.of("connected"));
            }
            case "warm" -> {
                long asideBeforeNs = PROCESS.getProcessCpuTime() - generator.workCpuNs();
                generator.warmUp(order.number("durationNs"));
                say(ControlLine.of("warmed", "asideNs", PROCESS.getProcessCpuTime() - generator.workCpuNs() - asideBeforeNs));
            }
            case "measure" -> measure(order.number("durationNs"));
            case "finish" -> {
                generator.finish();
                say(ControlLine.of("finished"));
            }
            case "close" -> {
                generator.close();
                say(ControlLine.of("closed"));
            }
            default -> throw new LoadGenerator.Failed("unknown order " + order.word());
        }
    }

    private void measure(long durationNs) throws LoadGenerator.Stalled, LoadGenerator.Failed, InterruptedException {
        generator.openWindow();
        say(ControlLine.of("window-open", "processCpuNs", PROCESS.getProcessCpuTime()));
        LoadTally.Window window = generator.measure(durationNs);
        say(ControlLine.of("window-shut", "processCpuNs", PROCESS.getProcessCpuTime()));
        long sentBytes = generator.finish();
        say(ControlLine.of("measured", "durationNs", window.durationNs(), "messages", window.messages(),
                "receivedBytes", window.receivedBytes(), "sentBytes", window.sentBytes(), "lostMessages", window.lostMessages(),
                "allSentBytes", sentBytes, "latencyNs", encode(window.latencyNs())));
    }

    private static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes.array(), length));
    }
}
