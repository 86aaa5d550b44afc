package io.evpl;

import io.evpl.EvplEndpoint.Kind;
import io.evpl.EvplProtocol.Need;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/** All protocols: those that providers on the class path bring, and libevpl's others with what would bring them. */
final class ProtocolRegistry {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ProtocolRegistry.class);
    /** Broken entries in service files after which the search ends: a loader need not get on after an error. */
    private static final int MAX_BROKEN_PROVIDERS = 16;
    /** Letters that may be wrong in a name that is proposed instead. */
    private static final int NEAR = 4;

    private static final class Loaded {
        static final ProtocolRegistry REGISTRY = load(ServiceLoader.load(EvplProtocolProvider.class,
                EvplProtocolProvider.class.getClassLoader()));
    }

    private final Map<String, EvplProtocol> provided = new LinkedHashMap<>();
    private final List<Throwable> broken = new ArrayList<>();
    private final List<EvplProtocol> all = new ArrayList<>();

    private ProtocolRegistry() {
    }

    static ProtocolRegistry get() {
        return Loaded.REGISTRY;
    }

    static ProtocolRegistry load(ServiceLoader<EvplProtocolProvider> loader) {
        ProtocolRegistry registry = new ProtocolRegistry();
        registry.addAll(new KernelProtocols());
        Iterator<EvplProtocolProvider> providers = loader.iterator();
        boolean more = true;
        while (more && registry.broken.size() < MAX_BROKEN_PROVIDERS) {
            try {
                more = providers.hasNext();
                if (more) {
                    registry.addAll(providers.next());
                }
            } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
                LOGGER.warn("A provider of protocols is left out, because it failed", e);
                registry.broken.add(e);
            }
        }
        registry.order();
        return registry;
    }

    private void addAll(EvplProtocolProvider provider) {
        for (EvplProtocol protocol : provider.protocols()) {
            EvplProtocol first = provided.get(protocol.name());
            if (first == null || !first.isAvailable() && protocol.isAvailable()) {
                provided.put(protocol.name(), protocol);
            } else {
                LOGGER.warn("{} of {} is left out: another provider has one already", protocol.name(),
                        provider.getClass().getName());
            }
        }
    }

    private void order() {
        for (KnownProtocol known : KnownProtocol.values()) {
            EvplProtocol protocol = provided.remove(known.name());
            all.add(protocol == null ? missing(known) : protocol);
        }
        all.addAll(provided.values());
        provided.clear();
    }

    private EvplProtocol missing(KnownProtocol known) {
        StringBuilder why = new StringBuilder("nothing on the class path provides it; ").append(known.remedy);
        broken.forEach(e -> why.append("; a provider failed: ").append(e));
        UnsupportedOperationException cause = new UnsupportedOperationException(why.toString());
        broken.forEach(cause::addSuppressed);
        return EvplProtocol.builder(known.name()).unavailable(cause).build();
    }

    List<EvplProtocol> all() {
        return List.copyOf(all);
    }

    EvplProtocol find(String name) {
        String wanted = name == null ? "" : name.toUpperCase(Locale.ROOT);
        for (EvplProtocol protocol : all) {
            if (protocol.name().equals(wanted)) {
                return protocol;
            }
        }
        List<String> names = all.stream().map(EvplProtocol::name).toList();
        List<String> near = names.stream().filter(known -> wanted.length() >= NEAR && (known.contains(wanted)
                || wanted.length() < 2 * known.length() && editDistance(wanted, known) <= NEAR)).toList();
        throw new IllegalArgumentException("protocol " + EndpointSyntax.quote(name) + " is not known; "
                + (near.isEmpty() ? "known are " + String.join(", ", names) : "do you mean " + String.join(" or ", near) + '?'));
    }

    /** Letters to insert, to delete or to change: Levenshtein's distance. */
    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    EvplProtocol best(Kind kind, Set<Need> needs) {
        String configured = EvplConfig.fromSystemProperties().backend();
        StringBuilder refused = new StringBuilder();
        for (EvplProtocol protocol : all) {
            if (protocol.endpointKind() != kind) {
                continue;
            }
            String refusal = protocol.refusal(needs, configured);
            if (refusal == null) {
                return protocol;
            }
            refused.append("\n  ").append(protocol.name()).append(' ').append(refusal);
        }
        throw new UnsupportedOperationException("no protocol for " + kind + " endpoints that is " + needs + ":" + refused);
    }
}
