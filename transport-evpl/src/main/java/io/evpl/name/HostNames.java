package io.evpl.name;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;

/**
 * Addresses of host names: from the hosts file, from memory, or from name servers. One loop does it for all that ask; a name
 * asked for by several at once is looked up once. {@link #resolve} and {@link #close} may be called from any thread.
 */
public final class HostNames implements AutoCloseable {
    private static final String LOCALHOST = "localhost";

    private final EventLoop loop;
    private final NameSettings settings;
    private final NameFiles files;
    private final List<DnsNameResolver> families = new ArrayList<>();
    /** Being looked up. Grows with what is asked; each leaves with its answer or its last query's time-out. */
    private final Map<String, NameLookup> underWay = new HashMap<>();
    private boolean closed;

    /**
     * Reads the system's files, so not for a loop's thread.
     *
     * @param udp sockets for questions, one for each family; they must go with {@code loop}
     * @param tcp sockets for answers that do not fit into a datagram
     */
    public HostNames(EventLoop loop, NameSettings settings, ChannelFactory<? extends DatagramChannel> udp,
                     ChannelFactory<? extends SocketChannel> tcp) {
        this.loop = loop;
        this.settings = settings;
        files = new NameFiles(settings);
        for (ResolvedAddressTypes family : order(settings.ipv6())) {
            families.add(resolver(family, udp, tcp));
        }
    }

    /** As Netty's own resolvers: IPv4 first unless the JDK is told to prefer IPv6. */
    private static List<ResolvedAddressTypes> order(boolean ipv6) {
        if (!ipv6) {
            return List.of(ResolvedAddressTypes.IPV4_ONLY);
        }
        return NetUtil.isIpV6AddressesPreferred()
                ? List.of(ResolvedAddressTypes.IPV6_ONLY, ResolvedAddressTypes.IPV4_ONLY)
                : List.of(ResolvedAddressTypes.IPV4_ONLY, ResolvedAddressTypes.IPV6_ONLY);
    }

    private DnsNameResolver resolver(ResolvedAddressTypes family, ChannelFactory<? extends DatagramChannel> udp,
                                     ChannelFactory<? extends SocketChannel> tcp) {
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop)
                .datagramChannelFactory(udp)
                .socketChannelFactory(tcp)
                .resolvedAddressTypes(family)
                .nameServerProvider(files)
                .hostsFileEntriesResolver((name, types) -> null) // asked before, for both families
                .resolveCache(new AddressCache(settings))
                .cnameCache(NoopDnsCnameCache.INSTANCE)          // Netty's are not bounded, and an answer has its chain
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE);
        if (settings.queryTimeoutMs() > 0) {
            builder.queryTimeoutMillis(settings.queryTimeoutMs());
        }
        return builder.build();
    }

    /**
     * Finds all addresses of a name.
     *
     * @param name   not an address
     * @param answer gets them, at least one, or null and an {@link UnknownHostException}; on the loop, or if that has ended on
     *               the caller's thread
     */
    public void resolve(String name, BiConsumer<List<InetAddress>, Throwable> answer) {
        if (loop.inEventLoop()) {
            resolveOnLoop(name, answer);
            return;
        }
        try {
            loop.execute(() -> resolveOnLoop(name, answer));
        } catch (RejectedExecutionException e) {
            answer.accept(null, new UnknownHostException(name + ": the resolver's loop has ended"));
        }
    }

    private void resolveOnLoop(String name, BiConsumer<List<InetAddress>, Throwable> answer) {
        if (closed) {
            answer.accept(null, closedException(name));
            return;
        }
        List<InetAddress> known = files.addresses(name);
        if (known.isEmpty() && isLocalhost(name)) {
            known = settings.ipv6() ? List.of(NetUtil.LOCALHOST4, NetUtil.LOCALHOST6) : List.of(NetUtil.LOCALHOST4);
        }
        if (!known.isEmpty()) {
            answer.accept(known, null);
            return;
        }
        String key = name.toLowerCase(Locale.ROOT);
        NameLookup lookup = underWay.get(key);
        if (lookup == null) {
            lookup = ask(key);
        }
        lookup.done().addListener((GenericFutureListener<Future<List<InetAddress>>>) done ->
                answer.accept(done.getNow(), done.cause()));
    }

    /** RFC 6761 section 6.3: these names are never asked of a server. */
    private static boolean isLocalhost(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String complete = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return complete.equals(LOCALHOST) || complete.endsWith('.' + LOCALHOST);
    }

    private NameLookup ask(String name) {
        List<Future<List<InetAddress>>> asked = new ArrayList<>();
        families.forEach(family -> asked.add(family.resolveAll(name)));
        NameLookup lookup = new NameLookup(name, loop, asked);
        underWay.put(name, lookup);
        lookup.done().addListener(done -> underWay.remove(name, lookup));
        return lookup;
    }

    private static UnknownHostException closedException(String name) {
        return new UnknownHostException(name + ": the resolver is closed");
    }

    /** Closes the sockets; what is being looked up fails. */
    @Override
    public void close() {
        families.forEach(DnsNameResolver::close);
        try {
            loop.execute(this::failAll);
        } catch (RejectedExecutionException e) {
            // the loop has ended, and with it whatever was under way
        }
    }

    private void failAll() {
        closed = true;
        // Netty would tell only when the question's time is over.
        List.copyOf(underWay.entrySet()).forEach(lookup -> lookup.getValue().fail(closedException(lookup.getKey())));
    }
}
