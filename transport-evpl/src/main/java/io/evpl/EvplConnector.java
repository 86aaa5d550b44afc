package io.evpl;

import io.evpl.name.AddressFamilies;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.BootstrapConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.Promise;

import java.net.SocketAddress;
import java.util.List;

/**
 * Connects to the first address that answers: "Happy Eyeballs", RFC 8305. The addresses of a name are tried by turns of IPv6
 * and IPv4, a new one every 250 ms or when one fails; the first connection wins and the other attempts are closed.
 *
 * <p>All attempts of one call are made on one loop of the bootstrap's group, and only the winner's {@code channelActive} is
 * called. {@code CONNECT_TIMEOUT_MILLIS} limits the whole, looking the name up included. Cancelling the future ends everything.
 * Any thread.
 */
public final class EvplConnector {
    private final Bootstrap bootstrap;
    private final EvplResolver resolver;

    /** For endpoints that are no names. @throws IllegalArgumentException see the other constructor */
    public EvplConnector(Bootstrap bootstrap) {
        this(bootstrap, null);
    }

    /**
     * @param bootstrap with group, channel and handler; copied. Its own resolver is not used
     * @param resolver  stays the caller's to close
     * @throws IllegalArgumentException the handler cannot be added to more than one channel
     */
    public EvplConnector(Bootstrap bootstrap, EvplResolver resolver) {
        this.bootstrap = bootstrap.clone().validate().disableResolver();
        this.resolver = resolver;
        BootstrapConfig config = bootstrap.config();
        if (config.handler() instanceof ChannelHandlerAdapter handler && !handler.isSharable()) {
            throw new IllegalArgumentException(handler.getClass().getName()
                    + " is not @Sharable, and each attempt has its own channel: add it in a ChannelInitializer");
        }
    }

    /**
     * @return the connected channel; fails with {@link java.net.UnknownHostException}, {@link
     *         io.netty.channel.ConnectTimeoutException} or {@link java.net.ConnectException}, which names each address and why,
     *         and has the causes as suppressed exceptions. No channel is left open then
     * @throws IllegalArgumentException the endpoint is a name and there is no resolver
     */
    public Future<Channel> connect(EvplEndpoint endpoint) {
        if (!endpoint.needsResolution()) {
            return connect(endpoint.toString(), List.of(endpoint.toAddress()));
        }
        if (resolver == null) {
            throw new IllegalArgumentException(endpoint + " is a name: give the connector an EvplResolver");
        }
        ConnectRace race = race(endpoint.toString());
        Promise<List<SocketAddress>> resolved = race.loop().newPromise();
        resolved.addListener((GenericFutureListener<Future<List<SocketAddress>>>) done -> {
            if (done.isSuccess()) {
                race.start(AddressFamilies.interleaved(done.getNow()));
            } else {
                race.fail(done.cause());
            }
        });
        resolver.resolve(endpoint, resolved);
        return race.winner();
    }

    /**
     * The same for addresses that the caller has found; they are put in turns, too.
     *
     * @throws IllegalArgumentException there are none
     */
    public Future<Channel> connect(List<? extends SocketAddress> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address to connect to");
        }
        return connect(addresses.toString(), AddressFamilies.interleaved(List.<SocketAddress>copyOf(addresses)));
    }

    private Future<Channel> connect(String target, List<SocketAddress> addresses) {
        ConnectRace race = race(target);
        if (race.loop().inEventLoop()) {
            race.start(addresses);
        } else {
            race.loop().execute(() -> race.start(addresses));
        }
        return race.winner();
    }

    private ConnectRace race(String target) {
        EventLoop loop = bootstrap.config().group().next();
        return new ConnectRace(target, bootstrap.clone(loop), loop);
    }
}
