package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Transport;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/**
 * Where a child finds its classes. Netty 4.2 has 4.1's package names, so its JVM gets our classes and, for in-process loads, the
 * histogram's, but nothing else of the parent's.
 */
final class ClassPaths {
    /** Set to use jars from elsewhere than target/peers. Not under io.evpl, where the transport refuses keys it does not know. */
    private static final String PEERS_PROPERTY = "evpl.perf.peers";

    private ClassPaths() { }

    static String of(Transport transport) throws ChildFailure {
        return switch (transport.netty()) {
            case V41 -> System.getProperty("java.class.path");
            case NONE -> System.getProperty("java.class.path") + ":" + peerJars(transport.label()) + "/*";
            case V42 -> ownClasses() + ":" + peerJars("netty42") + "/*:" + of(Histogram.class);
        };
    }

    private static Path ownClasses() {
        return of(ClassPaths.class);
    }

    private static Path of(Class<?> one) {
        try {
            return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Path peerJars(String peer) throws ChildFailure {
        String elsewhere = System.getProperty(PEERS_PROPERTY);
        // target/classes and target/examples.jar are both siblings of target/peers.
        Path jars = (elsewhere == null ? ownClasses().resolveSibling("peers") : Path.of(elsewhere)).resolve(peer);
        if (!Files.isDirectory(jars)) {
            throw new ChildFailure("its jars are not in " + jars + "; 'mvn package' puts them there");
        }
        return jars;
    }
}
