package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.loop.LoopClock;
import io.evpl.name.HostNames;
import io.evpl.name.NameSettings;
import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.Promise;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Turns host names into addresses, of both families, without blocking anyone: the hosts file first, then a cache that keeps
 * answers as long as they say, then name servers. One loop does it for all who ask, from any thread.
 *
 * <p>As a Netty {@code AddressResolverGroup} it is given to {@code Bootstrap.resolver}, which connects to the first address;
 * {@link EvplConnector} tries them all. Closing it leaves its loop alone.
 */
public final class EvplResolver extends AddressResolverGroup<InetSocketAddress> {
    private static final ChannelFactory<DatagramChannel> UDP = EvplDatagramChannel::new;
    private static final ChannelFactory<SocketChannel> TCP = EvplSocketChannel::new;

    private final HostNames names;

    /**
     * With the system's name servers and the defaults, on a loop that may serve other channels too. Reads {@code /etc/hosts} and {@code /etc/resolv.conf}, so not for a
     * loop's thread.
     */
    public EvplResolver(EvplEventLoop loop) {
        this(loop, defaultSettings());
    }

    private EvplResolver(EvplEventLoop loop, NameSettings settings) {
        names = new HostNames(loop, settings, UDP, TCP);
    }

    private static NameSettings defaultSettings() {
        return NameSettings.defaults(EvplChannel.inet() == AddressFamily.INET6);
    }

    /** Other settings than the defaults. */
    public static Builder builder(EvplEventLoop loop) {
        return new Builder(loop);
    }

    /**
     * All addresses of an endpoint. One that is no name has one, at once.
     *
     * @param promise completed with at least one address, or failed with {@link java.net.UnknownHostException}
     * @return {@code promise}
     */
    public Future<List<SocketAddress>> resolve(EvplEndpoint endpoint, Promise<List<SocketAddress>> promise) {
        if (!endpoint.needsResolution()) {
            return promise.setSuccess(List.of(endpoint.toAddress()));
        }
        resolve(endpoint.name(), promise, ip -> new InetSocketAddress(ip, endpoint.port()));
        return promise;
    }

    private <T> void resolve(String name, Promise<List<T>> promise, Function<InetAddress, T> conversion) {
        names.resolve(name, (ips, cause) -> {
            if (cause == null) {
                promise.trySuccess(ips.stream().map(conversion).toList());
            } else {
                promise.tryFailure(cause);
            }
        });
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {
            @Override
            protected boolean doIsResolved(InetSocketAddress address) {
                return !address.isUnresolved();
            }

            @Override
            protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
                Promise<List<InetSocketAddress>> all = executor.newPromise();
                doResolveAll(unresolved, all);
                all.addListener((GenericFutureListener<Future<List<InetSocketAddress>>>) done -> {
                    if (done.isSuccess()) {
                        promise.trySuccess(done.getNow().getFirst());
                    } else {
                        promise.tryFailure(done.cause());
                    }
                });
            }

            @Override
            protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
                EvplResolver.this.resolve(unresolved.getHostString(), promise,
                        ip -> new InetSocketAddress(ip, unresolved.getPort()));
            }
        };
    }

    /** Closes the sockets; what is being looked up fails. */
    @Override
    public void close() {
        super.close();
        names.close();
    }

    /** Settings of a resolver; each has a default. */
    public static final class Builder {
        private final EvplEventLoop loop;
        private final NameSettings defaults = defaultSettings();
        private int cachedNames = defaults.cachedNames();
        private int minTtlSeconds = defaults.minTtlSeconds();
        private int maxTtlSeconds = defaults.maxTtlSeconds();
        private int negativeTtlSeconds = defaults.negativeTtlSeconds();
        private long queryTimeoutMs = defaults.queryTimeoutMs();
        private boolean ipv6 = defaults.ipv6();
        private List<InetSocketAddress> nameServers = defaults.nameServers();
        private Path hosts = defaults.hosts();
        private Path resolvConf = defaults.resolvConf();
        private LoopClock clock = defaults.clock();

        private Builder(EvplEventLoop loop) {
            this.loop = loop;
        }

        /** Names remembered for each address family: 1024. */
        public Builder cachedNames(int names) {
            cachedNames = names;
            return this;
        }

        /** Answers are remembered as long as the server says, but at least and at most this long: 0 s and a day. */
        public Builder ttl(int minSeconds, int maxSeconds) {
            minTtlSeconds = minSeconds;
            maxTtlSeconds = maxSeconds;
            return this;
        }

        /** For how long it is remembered that there is no such name: 5 s. */
        public Builder negativeTtl(int seconds) {
            negativeTtlSeconds = seconds;
            return this;
        }

        /** For one question to one server: as {@code resolv.conf} says, 5 s if it does not. */
        public Builder queryTimeout(long timeout, TimeUnit unit) {
            queryTimeoutMs = unit.toMillis(timeout);
            return this;
        }

        /** Whether IPv6 addresses are asked for: true where the machine has IPv6. */
        public Builder ipv6(boolean wanted) {
            ipv6 = wanted;
            return this;
        }

        /** Asked in this order: those of {@code resolv.conf}. */
        public Builder nameServers(List<InetSocketAddress> servers) {
            nameServers = servers;
            return this;
        }

        /** The hosts file: {@code /etc/hosts}. */
        public Builder hosts(Path file) {
            hosts = file;
            return this;
        }

        /** Where name servers are found: {@code /etc/resolv.conf}. */
        public Builder resolvConf(Path file) {
            resolvConf = file;
            return this;
        }

        /** For tests. */
        Builder clock(LoopClock hand) {
            clock = hand;
            return this;
        }

        /** @throws IllegalArgumentException which value is wrong */
        public EvplResolver build() {
            return new EvplResolver(loop, new NameSettings(cachedNames, minTtlSeconds, maxTtlSeconds, negativeTtlSeconds,
                    queryTimeoutMs, ipv6, nameServers, hosts, resolvConf, clock));
        }
    }
}
