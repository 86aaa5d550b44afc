package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;

/**
 * What a user who cares sets on a datagram socket, alike for server and load: room for a burst, and as many packets per read as the
 * transport can take. With Netty's native transports that is a receive buffer for many and the option that says how large one is.
 */
final class DatagramSettings {
    /** More than most kernels grant (net.core.rmem_max), which is what one wants to have. */
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final int PACKETS_PER_READ = 64;
    /** What Netty's datagram channels take without being told. */
    private static final int NETTY_RECEIVE_BYTES = 2048;

    private DatagramSettings() { }

    static void apply(Bootstrap bootstrap, Transport transport, Scenario scenario) throws ReflectiveOperationException {
        bootstrap.option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES);
        int payloadBytes = scenario.payloadBytes();
        if (transport.channels().datagramOptionsClass().isPresent()) {
            ChannelOption<Integer> maxPayload = maxPayloadOption(transport.channels().datagramOptionsClass().get());
            bootstrap.option(maxPayload, payloadBytes)
                    .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(PACKETS_PER_READ * payloadBytes));
        } else if (payloadBytes > NETTY_RECEIVE_BYTES) {
            bootstrap.option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(payloadBytes));
        }
    }

    @SuppressWarnings("unchecked")
    private static ChannelOption<Integer> maxPayloadOption(String optionsClass) throws ReflectiveOperationException {
        return (ChannelOption<Integer>) Class.forName(optionsClass).getField("MAX_DATAGRAM_PAYLOAD_SIZE").get(null);
    }
}
