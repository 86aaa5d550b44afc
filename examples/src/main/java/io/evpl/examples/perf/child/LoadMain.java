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
            switch (order.word()) {
                case "run" -> run(parent, generator, order);
                case "close" -> close(parent, generator);
                default -> parent.say(ControlLine.of("failed", "reason", "unknown order " + order.word()));
            }
        }
    }

    private static void run(ParentLink parent, LoadGenerator generator, ControlLine order) throws InterruptedException {
        try {
            generator.connect(Scenario.fromFields(order.fields()), (int) order.number("port"));
            generator.warmUp(order.number("warmupNs"));
            generator.openWindow();
            parent.say(ControlLine.of("window-open", "processCpuNs", PROCESS.getProcessCpuTime()));
            LoadTally.Window window = generator.measure(order.number("measureNs"));
            parent.say(ControlLine.of("window-shut", "processCpuNs", PROCESS.getProcessCpuTime()));
            long sentBytes = generator.finish();
            parent.say(ControlLine.of("measured", "durationNs", window.durationNs(), "messages", window.messages(),
                    "receivedBytes", window.receivedBytes(), "sentBytes", window.sentBytes(), "allSentBytes", sentBytes,
                    "latencyNs", encode(window.latencyNs())));
        } catch (LoadGenerator.Stalled e) {
            parent.say(ControlLine.of("stalled", "reason", e.getMessage()));
        } catch (LoadGenerator.Failed e) {
            parent.say(ControlLine.of("failed", "reason", e.getMessage()));
        }
    }

    private static void close(ParentLink parent, LoadGenerator generator) throws InterruptedException {
        try {
            generator.close();
            parent.say(ControlLine.of("closed"));
        } catch (LoadGenerator.Failed e) {
            parent.say(ControlLine.of("failed", "reason", e.getMessage()));
        }
    }

    private static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes.array(), length));
    }
}
