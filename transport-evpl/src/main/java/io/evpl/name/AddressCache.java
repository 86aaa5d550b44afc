package io.evpl.name;

import io.evpl.loop.LoopClock;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Answers of name servers of one address family, for as long as they say. Bounded: the name not asked for longest goes
 * first. One loop's; not for other threads.
 */
final class AddressCache implements DnsCache {
    /** An address, or why there is none. */
    private record Entry(InetAddress address, Throwable cause) implements DnsCacheEntry {
    }

    private static final class Answer {
        final List<Entry> entries = new ArrayList<>();
        long expiresNs;
    }

    private final NameSettings settings;
    private final LoopClock clock;
    private final Map<String, Answer> answers = new LinkedHashMap<>(16, 0.75f, true);

    AddressCache(NameSettings settings) {
        this.settings = settings;
        clock = settings.clock();
    }

    /** One name in one spelling: lower case, with the dot that completes it. */
    private static String key(String hostname) {
        String lower = hostname.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower : lower + '.';
    }

    @Override
    public void clear() {
        answers.clear();
    }

    @Override
    public boolean clear(String hostname) {
        return answers.remove(key(hostname)) != null;
    }

    @Override
    public List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
        Answer answer = fresh(key(hostname));
        return answer == null ? List.of() : answer.entries;
    }

    private Answer fresh(String key) {
        Answer answer = answers.get(key);
        if (answer != null && answer.expiresNs - clock.nanoTime() <= 0) {
            answers.remove(key);
            return null;
        }
        return answer;
    }

    /** All addresses of a name go together, with the first that expires: a set that has lost some would be taken for whole. */
    @Override
    public DnsCacheEntry cache(String hostname, DnsRecord[] additionals, InetAddress address, long originalTtl,
                               EventLoop loop) {
        Entry entry = new Entry(address, null);
        long ttl = Math.clamp(originalTtl, settings.minTtlSeconds(), settings.maxTtlSeconds());
        if (ttl > 0) {
            long expiresNs = clock.nanoTime() + TimeUnit.SECONDS.toNanos(ttl);
            String key = key(hostname);
            Answer answer = fresh(key);
            if (answer == null || answer.entries.getFirst().cause() != null) {
                answer = add(key, expiresNs);
            }
            if (!answer.entries.contains(entry)) {
                answer.entries.add(entry);
            }
            answer.expiresNs = answer.expiresNs - expiresNs < 0 ? answer.expiresNs : expiresNs;
        }
        return entry;
    }

    /** The name server says that there is none. Its SOA record, which limits this (RFC 2308 section 5), is not seen here. */
    @Override
    public DnsCacheEntry cache(String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
        Entry entry = new Entry(null, cause);
        if (settings.negativeTtlSeconds() > 0) {
            add(key(hostname), clock.nanoTime() + TimeUnit.SECONDS.toNanos(settings.negativeTtlSeconds())).entries.add(entry);
        }
        return entry;
    }

    private Answer add(String key, long expiresNs) {
        Answer answer = new Answer();
        answer.expiresNs = expiresNs;
        answers.put(key, answer);
        if (answers.size() > settings.cachedNames()) {
            Iterator<String> longestUnused = answers.keySet().iterator();
            longestUnused.next();
            longestUnused.remove();
        }
        return answer;
    }

    int size() {
        return answers.size();
    }
}
