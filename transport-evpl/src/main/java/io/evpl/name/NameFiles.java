package io.evpl.name;

import io.evpl.loop.LoopClock;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * {@code /etc/hosts} and {@code /etc/resolv.conf} as they were a while ago. They are read by another thread, never by the
 * loop that asks: first when this is made, by its maker, then again when it is asked and the reading is old.
 */
final class NameFiles implements DnsServerAddressStreamProvider {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(NameFiles.class);
    /** A change is seen by the second look-up after this. */
    private static final long RELOAD_NS = TimeUnit.SECONDS.toNanos(30);
    private static final int DNS_PORT = 53;

    private record Reading(HostsFileEntriesProvider hosts, DnsServerAddressStreamProvider servers) {
    }

    private final NameSettings settings;
    private final LoopClock clock;
    private volatile Reading reading;
    /** The loop's. */
    private long readNs;

    NameFiles(NameSettings settings) {
        this.settings = settings;
        clock = settings.clock();
        readNs = clock.nanoTime();
        reading = read();
    }

    private Reading read() {
        return new Reading(HostsFileEntriesProvider.parser().parseSilently(settings.hosts().toFile(), StandardCharsets.UTF_8),
                servers());
    }

    private DnsServerAddressStreamProvider servers() {
        if (!settings.nameServers().isEmpty()) {
            return new SequentialDnsServerAddressStreamProvider(settings.nameServers());
        }
        try {
            return new UnixResolverDnsServerAddressStreamProvider(settings.resolvConf().toFile());
        } catch (IOException | IllegalArgumentException e) {
            // "the default is to use the name server on the local machine": resolv.conf(5)
            LOGGER.debug("{} names no server, so the local one is asked", settings.resolvConf(), e);
            return new SingletonDnsServerAddressStreamProvider(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), DNS_PORT));
        }
    }

    private void reloadIfOld() {
        long now = clock.nanoTime();
        if (now - readNs >= RELOAD_NS) {
            readNs = now;
            GlobalEventExecutor.INSTANCE.execute(() -> reading = read());
        }
    }

    /** @return the hosts file's addresses of a name in lower case; none if it is not there */
    List<InetAddress> addresses(String name) {
        reloadIfOld();
        HostsFileEntriesProvider hosts = reading.hosts;
        String key = name.toLowerCase(Locale.ROOT);
        List<InetAddress> addresses = new ArrayList<>(hosts.ipv4Entries().getOrDefault(key, List.of()));
        if (settings.ipv6()) {
            addresses.addAll(hosts.ipv6Entries().getOrDefault(key, List.of()));
        }
        return addresses;
    }

    @Override
    public DnsServerAddressStream nameServerAddressStream(String hostname) {
        return reading.servers.nameServerAddressStream(hostname);
    }
}
