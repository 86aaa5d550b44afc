package io.evpl.examples.perf.soak;

import io.evpl.examples.perf.tls.SelfSigned;
import io.evpl.tls.EvplTls;
import io.evpl.tls.EvplTlsClient;
import io.evpl.tls.EvplTlsServer;
import io.evpl.tls.TlsIdentity;
import io.evpl.tls.TlsTrust;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.net.ssl.SSLException;

/** One link's listener and the connections to it, one after the other in each of a few slots. */
final class StreamSoak {
    private static final int SLOTS = 4;
    private static final String HOST = "soak.test";
    private static final int ANY_PORT = 443;

    final SoakLink link;
    final SoakCounts counts = new SoakCounts();
    private final EventLoopGroup loops;
    private final SoakState state;
    private final SplittableRandom seeds;
    private final EvplTlsServer tlsServer;
    private final EvplTlsClient tlsClient;
    private Channel listener;

    StreamSoak(SoakLink link, EventLoopGroup loops, SoakState state, long seed) throws SSLException {
        this.link = link;
        this.loops = loops;
        this.state = state;
        this.seeds = new SplittableRandom(seed ^ link.label().hashCode());
        if (link.provider == null) {
            tlsServer = null;
            tlsClient = null;
            return;
        }
        SelfSigned self = SelfSigned.of(HOST);
        EvplTlsServer.Builder server = EvplTls.server(TlsIdentity.of(self.key(), self.certificate())).provider(link.provider);
        EvplTlsClient.Builder client = EvplTls.client().trust(TlsTrust.of(self.certificate())).provider(link.provider);
        tlsServer = (link.kernelEncrypts ? server.kernelTls() : server).build();
        tlsClient = (link.kernelEncrypts ? client.kernelTls() : client).build();
    }

    /** @param folder for a socket that has a path */
    void start(Path folder) throws InterruptedException {
        listener = link.server(loops).childHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                state.begins();
                channel.closeFuture().addListener(closed -> state.ends());
                if (tlsServer != null) {
                    tlsServer.addTo(channel.pipeline());
                }
                channel.pipeline().addLast(new ServerEnd(link, state, counts));
            }
        }).bind(link.listenAddress(folder)).sync().channel();
        for (int slot = 0; slot < SLOTS; slot++) {
            next(seeds.split(), listener.localAddress());
        }
    }

    /** On any thread at first, then on the loop of the connection before. */
    private void next(SplittableRandom random, SocketAddress address) {
        if (state.stopping()) {
            return;
        }
        state.begins();
        Exchange exchange = Exchange.random(random, link.halfCloses());
        ClientEnd end = new ClientEnd(link, state, counts, exchange);
        link.client(loops, random.nextBoolean()).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.closeFuture().addListener(closed -> {
                    next(random, address);
                    state.ends();
                });
                if (tlsClient != null) {
                    tlsClient.addTo(channel.pipeline(), HOST, ANY_PORT);
                }
                channel.pipeline().addLast(end);
            }
        }).connect(address).addListener(connected -> {
            if (!connected.isSuccess()) {
                state.fault(link.label() + ", connect: " + connected.cause());
            }
        });
    }

    void close() throws InterruptedException {
        listener.close().sync();
    }
}
