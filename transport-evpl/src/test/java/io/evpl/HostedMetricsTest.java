package io.evpl;

import io.evpl.metrics.EvplMetrics;
import io.evpl.metrics.LoopMetric;
import io.evpl.metrics.LoopReading;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@link ChannelMetricsContract} on loops of Netty's, and what they count of themselves. */
@Timeout(60)
class HostedMetricsTest {
    private static final int ECHOES = 100;

    @Nested
    class OnNio extends ChannelMetricsContract {
        OnNio() {
            super(ForeignHost.NIO.newGroup(2));
        }
    }

    @Nested
    class OnEpoll extends ChannelMetricsContract {
        OnEpoll() {
            super(ForeignHost.EPOLL.newGroup(2));
        }
    }

    @Nested
    class OnTheIncubator extends ChannelMetricsContract {
        OnTheIncubator() {
            super(ForeignHost.INCUBATOR.newGroup(2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHostTellsOfOurPartOfItAndKeepsItWhenItEnds(ForeignHost host) throws Exception {
        EventLoopGroup group = host.newGroup(1);
        List<LoopReading> readings = Evpl.readings(group);
        EvplMetrics before = EvplMetrics.of("before", readings);
        assertFalse(before.loops().get(0).hasUsed(Protocol.TCP));
        ForeignHost.echo(group.next(), ECHOES, EvplServerSocketChannel.class, EvplSocketChannel.class);
        EvplMetrics after = Evpl.metrics("after", group);
        assertEquals(2 * ECHOES, after.total(Protocol.TCP, TrafficMetric.BYTES_IN));
        for (LoopMetric metric : List.of(LoopMetric.TURNS, LoopMetric.KERNEL_ENTRIES)) {
            assertTrue(after.total(metric) - before.total(metric) >= ECHOES, metric::metric);
        }
        assertEquals(LoopChannels.backendOf(group.next()), after.loops().get(0).backend());
        ForeignHost.shutDown(group, 0);
        EvplMetrics ended = EvplMetrics.of("ended", readings);
        assertEquals(2 * ECHOES, ended.total(Protocol.TCP, TrafficMetric.BYTES_IN));
        assertEquals(0, ended.total(LoopMetric.CHANNELS));
    }

    @Test
    void loopsWithoutPlaceForOurChannelsAreRefusedByName() {
        EventLoopGroup group = new DefaultEventLoopGroup(1);
        String message = assertThrows(IllegalArgumentException.class, () -> Evpl.readings(group)).getMessage();
        assertTrue(message.contains("DefaultEventLoop"), message);
        ForeignHost.shutDown(group, 0);
    }
}
