package io.evpl.name;

import io.evpl.loop.LoopClock;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * How names are looked up.
 *
 * @param cachedNames        names remembered for each address family
 * @param minTtlSeconds      an answer is remembered for at least this long; 0 as the server says
 * @param maxTtlSeconds      and at most this long
 * @param negativeTtlSeconds for how long it is remembered that there is no such name; 0 not at all
 * @param queryTimeoutMs     for one question to one server; 0 as {@code resolv.conf} says, or 5 s
 * @param ipv6               whether addresses of this family are of use
 * @param nameServers        to ask in turn; empty for those of {@code resolv.conf}
 * @param hosts              the hosts file, as hosts(5)
 * @param resolvConf         as resolv.conf(5)
 * @param clock              for how long something is remembered is told by it
 */
public record NameSettings(int cachedNames, int minTtlSeconds, int maxTtlSeconds, int negativeTtlSeconds, long queryTimeoutMs,
                           boolean ipv6, List<InetSocketAddress> nameServers, Path hosts, Path resolvConf, LoopClock clock) {
    /** Room for the peers of a busy client; about 200 bytes each. */
    private static final int CACHED_NAMES = 1024;
    /** A day: longer answers are mostly mistakes, and a cache that outlives a change is worse than a question a day. */
    private static final int MAX_TTL_SECONDS = 86_400;
    /** Long enough to stop a storm of questions for a name that is not there, short enough to notice when it is. */
    private static final int NEGATIVE_TTL_SECONDS = 5;

    /** @throws IllegalArgumentException which value is wrong */
    public NameSettings {
        require(cachedNames > 0, "cachedNames", cachedNames, "must be 1 or more");
        require(minTtlSeconds >= 0, "minTtlSeconds", minTtlSeconds, "must be 0 or more");
        require(maxTtlSeconds >= minTtlSeconds, "maxTtlSeconds", maxTtlSeconds, "must be at least minTtlSeconds");
        require(negativeTtlSeconds >= 0, "negativeTtlSeconds", negativeTtlSeconds, "must be 0 or more");
        require(queryTimeoutMs >= 0, "queryTimeoutMs", queryTimeoutMs, "must be 0 or more");
        nameServers = List.copyOf(nameServers);
    }

    private static void require(boolean good, String name, long value, String rule) {
        if (!good) {
            throw new IllegalArgumentException(name + "=" + value + ": " + rule);
        }
    }

    public static NameSettings defaults(boolean ipv6) {
        return new NameSettings(CACHED_NAMES, 0, MAX_TTL_SECONDS, NEGATIVE_TTL_SECONDS, 0, ipv6, List.of(),
                Path.of("/etc/hosts"), Path.of("/etc/resolv.conf"), LoopClock.SYSTEM);
    }
}
