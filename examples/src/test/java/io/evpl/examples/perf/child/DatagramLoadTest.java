package io.evpl.examples.perf.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The generator by datagrams, against our own servers and one that loses packets on purpose. */
@Timeout(30)
class DatagramLoadTest extends LoadFixture {
    private static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private LoadTally.Window measure(Scenario scenario, String place) throws Exception {
        load.connect(scenario, place);
        load.openWindow();
        LoadTally.Window window = load.measure(WINDOW_NS);
        load.finish();
        return window;
    }

    @Test
    void everyEchoIsTimed() throws Exception {
        Scenario scenario = Scenario.packetEcho(3, 200, 2);
        Listening listening = Listening.open(serverOnly(), scenario, "0");
        LoadTally.Window window = measure(scenario, listening.place());
        assertTrue(window.messages() > 0, window::toString);
        assertEquals(window.messages(), window.latencyNs().getTotalCount());
        assertEquals("", listening.mark().text("fault"));
        load.close();
        listening.close();
    }

    @ParameterizedTest
    @EnumSource(value = Direction.class, names = {"IN", "OUT"})
    void aFlowMovesOneWay(Direction direction) throws Exception {
        Scenario scenario = Scenario.packetFlow(2, 200, direction);
        Listening listening = Listening.open(serverOnly(), scenario, "0");
        LoadTally.Window window = measure(scenario, listening.place());
        ControlLine mark = listening.mark();
        assertEquals("", mark.text("fault"));
        assertTrue((direction == Direction.IN ? mark.number("receivedBytes") : window.receivedBytes()) > 0, window::toString);
        assertEquals(0, direction == Direction.IN ? mark.number("sentBytes") : mark.number("receivedBytes"));
        load.close();
        listening.close();
    }

    @Test
    void aServerThatLosesEverySecondPacketIsMeasuredAndNotStalled() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            echoEveryOther(socket);
            LoadTally.Window window = measure(Scenario.packetEcho(1, 64, 4), Integer.toString(socket.getLocalPort()));
            assertTrue(window.messages() > 0, window::toString);
            assertTrue(window.lostMessages() > 0, window::toString);
        }
    }

    private static void echoEveryOther(DatagramSocket socket) {
        Thread.ofPlatform().daemon().start(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
            try {
                for (int i = 0; ; i++) {
                    packet.setLength(2048);
                    socket.receive(packet);
                    if (i % 2 == 0) {
                        socket.send(packet);
                    }
                }
            } catch (IOException e) {
                // The end of the test.
            }
        });
    }

    @Test
    void aServerThatEchoesNothingIsStalled() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            load.connect(Scenario.packetEcho(1, 64, 1), Integer.toString(socket.getLocalPort()));
            assertThrows(LoadGenerator.Stalled.class, () -> load.warmUp(TimeUnit.SECONDS.toNanos(10)));
        }
    }

    /** epoll reads many packets in one call only if told how large one is and given room for many. */
    @Test
    void nativeTransportsAreToldWhatLetsThemReadInBatches() throws Exception {
        Bootstrap bootstrap = new Bootstrap();
        DatagramSettings.apply(bootstrap, Transport.EPOLL, Scenario.packetEcho(1, 1400, 1));
        Map<ChannelOption<?>, Object> options = bootstrap.config().options();
        Object maxPayload = Class.forName("io.netty.channel.epoll.EpollChannelOption").getField("MAX_DATAGRAM_PAYLOAD_SIZE").get(null);
        assertEquals(1400, options.get(maxPayload));
        assertEquals(64 * 1400, ((RecvByteBufAllocator) options.get(ChannelOption.RCVBUF_ALLOCATOR)).newHandle().guess());
    }
}
