package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.linux.Errno;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;
import io.evpl.linux.uring.TcpPair;
import io.evpl.metrics.EvplMetrics;
import io.evpl.metrics.LoopMetric;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.evpl.uring.ScriptedTransport;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;

import static io.evpl.linux.uring.UringAbi.OP_ACCEPT;
import static io.evpl.linux.uring.UringAbi.OP_RECV;
import static io.evpl.linux.uring.UringAbi.OP_SEND;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Counts of what seldom happens, after a workload that is known to the last system call. */
class MetricsOnScriptedKernelTest extends ScriptedChannelFixture {
    private Map<TrafficMetric, Long> traffic() {
        Map<TrafficMetric, Long> counts = new EnumMap<>(TrafficMetric.class);
        EvplMetrics metrics = loop.metrics();
        for (TrafficMetric metric : TrafficMetric.values()) {
            if (metrics.total(Protocol.TCP, metric) != 0) {
                counts.put(metric, metrics.total(Protocol.TCP, metric));
            }
        }
        return counts;
    }

    private void complete(Submission operation, int res) {
        operation.complete(res);
        loop.turn();
    }

    @Test
    @DisplayName("F6 one scrape has what was received, sent, exhausted, refused and lost")
    void exhaustionRefusalsAndFailuresAreCountedOnceEach_F6() {
        useLoop(ScriptedFeatures.all());
        EvplServerSocketChannel server = new EvplServerSocketChannel();
        loop.register(server);
        loop.run(() -> server.bind(new InetSocketAddress("127.0.0.1", 0)));
        TcpPair pair = TcpPair.open();
        channel = new EvplSocketChannel(server, pair.giveNear(), AddressFamily.INET);
        loop.register(channel);
        kernel.only(OP_RECV).receive(bytes("12345"));
        loop.turn();
        for (int i = 0; i < 3; i++) {
            complete(kernel.only(OP_RECV), -Errno.ENOBUFS);
            Submission own = kernel.only(OP_RECV);
            own.receive(bytes("own"));
            loop.turn();
        }
        for (int i = 0; i < 2; i++) {
            loop.run(() -> channel.writeAndFlush(buffer("abcd")));
            complete(kernel.only(OP_SEND), 4);
        }
        complete(kernel.only(OP_ACCEPT), -Errno.EMFILE);
        Map<TrafficMetric, Long> expected = new EnumMap<>(Map.of(TrafficMetric.ACCEPTED, 1L, TrafficMetric.MESSAGES_IN, 4L,
                TrafficMetric.BYTES_IN, 14L, TrafficMetric.BUFFERS_EXHAUSTED, 3L, TrafficMetric.MESSAGES_OUT, 2L,
                TrafficMetric.BYTES_OUT, 8L, TrafficMetric.ACCEPTS_FAILED, 1L));
        assertEquals(expected, traffic());
        assertEquals(2, loop.metrics().total(LoopMetric.CHANNELS));
        complete(kernel.only(OP_RECV), -Errno.ECONNRESET);
        loop.run(server::close);
        expected.put(TrafficMetric.CLOSED_BY_FAILURE, 1L);
        assertEquals(expected, traffic());
        assertEquals(0, loop.metrics().total(LoopMetric.CHANNELS));
        pair.close();
    }

    @Test
    @DisplayName("F6 a loop's own counts are those of its system calls, sleeps and wake-ups")
    void aLoopsOwnCountsAreExact_F6() {
        useConnection(true);
        EvplMetrics before = loop.metrics();
        long entersBefore = kernel.enters();
        for (int i = 0; i < 10; i++) {
            kernel.only(OP_RECV).receive(bytes("x"));
            loop.turn();
            loop.run(() -> { });
        }
        EvplMetrics after = loop.metrics();
        assertEquals(kernel.enters() - entersBefore,
                after.total(LoopMetric.KERNEL_ENTRIES) - before.total(LoopMetric.KERNEL_ENTRIES));
        assertEquals(10, after.total(LoopMetric.WAKEUPS) - before.total(LoopMetric.WAKEUPS), "by execute, from another thread");
        assertEquals(20, after.total(LoopMetric.SLEEPS) - before.total(LoopMetric.SLEEPS), "one for each time it was let go on");
        assertEquals(0, after.total(LoopMetric.SPINS) + after.total(LoopMetric.SPIN_HITS) + after.total(LoopMetric.SPIN_NS));
        assertEquals(0, after.total(LoopMetric.PENDING_TASKS));
        assertEquals((long) ScriptedTransport.BUFFERS * ScriptedTransport.BUFFER_BYTES, after.total(LoopMetric.LENT_BYTES));
    }
}
