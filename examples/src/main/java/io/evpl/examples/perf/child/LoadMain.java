package io.evpl.examples.perf.child;

import com.sun.management.OperatingSystemMXBean;
import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.HdrHistogram.Histogram;

/** The generator's JVM. Arguments: transport, CPU to pin its one loop to (or "-"). Then orders on stdin, answers on stdout. */
public final class LoadMain {
    private static final OperatingSystemMXBean PROCESS = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private LoadMain() { }

    public static void main(String[] args) throws Exception {
        ParentLink parent = ParentLink.open();
        LoadGenerator generator;
        try {
            generator = new NettyLoad(TransportLoops.openAwake(Transport.named(args[0]), CpuArgument.read(args[1])));
        } catch (TransportLoops.Unavailable e) {
            parent.say(ControlLine.of("unavailable", "reason", e.getMessage()));
            return;
        }
        parent.say(ControlLine.of("ready", "netty", TransportLoops.nettyVersion()));
        while (true) {
            ControlLine order = parent.nextOrder();
            try {
                obey(parent, generator, order);
            } catch (LoadGenerator.Stalled e) {
                parent.say(ControlLine.of("stalled", "reason", e.getMessage()));
            } catch (LoadGenerator.Failed e) {
                parent.say(ControlLine.of("failed", "reason", e.getMessage()));
            }
        }
    }

    private static void obey(ParentLink parent, LoadGenerator generator, ControlLine order)
            throws LoadGenerator.Stalled, LoadGenerator.Failed, InterruptedException {
        switch (order.word()) {
            case "connect" -> {
                generator.connect(Scenario.fromFields(order.fields()), (int) order.number("port"));
                parent.say(ControlLine.of("connected"));
            }
            case "warm" -> {
                long asideBeforeNs = PROCESS.getProcessCpuTime() - generator.workCpuNs();
                generator.warmUp(order.number("durationNs"));
                parent.say(ControlLine.of("warmed", "asideNs", PROCESS.getProcessCpuTime() - generator.workCpuNs() - asideBeforeNs));
            }
            case "measure" -> measure(parent, generator, order.number("durationNs"));
            case "close" -> {
                generator.close();
                parent.say(ControlLine.of("closed"));
            }
            default -> throw new LoadGenerator.Failed("unknown order " + order.word());
        }
    }

    private static void measure(ParentLink parent, LoadGenerator generator, long durationNs)
            throws LoadGenerator.Stalled, LoadGenerator.Failed, InterruptedException {
        generator.openWindow();
        parent.say(ControlLine.of("window-open", "processCpuNs", PROCESS.getProcessCpuTime()));
        LoadTally.Window window = generator.measure(durationNs);
        parent.say(ControlLine.of("window-shut", "processCpuNs", PROCESS.getProcessCpuTime()));
        long sentBytes = generator.finish();
        parent.say(ControlLine.of("measured", "durationNs", window.durationNs(), "messages", window.messages(),
                "receivedBytes", window.receivedBytes(), "sentBytes", window.sentBytes(), "allSentBytes", sentBytes,
                "latencyNs", encode(window.latencyNs())));
    }

    private static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes.array(), length));
    }
}
