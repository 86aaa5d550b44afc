package io.evpl.examples.doctor;

import io.evpl.Evpl;
import io.netty.util.Version;
import io.netty.util.internal.PlatformDependent;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The JDK and the Netty this program runs on, and the two flags that a server on evpl should have. */
final class JvmChecks {
    private JvmChecks() {
    }

    static Section section() {
        return new Section("Java", List.of(jdk(), nativeAccess(Evpl.class.getModule().isNativeAccessEnabled()),
                unsafe(PlatformDependent.hasUnsafe()), netty(nettyVersions())));
    }

    private static Finding jdk() {
        return Finding.ok("JDK", Runtime.version() + ", " + System.getProperty("java.vendor")
                + ", " + System.getProperty("os.arch"));
    }

    static Finding nativeAccess(boolean enabled) {
        return enabled ? Finding.ok("native access", "enabled")
                : Finding.warn("native access", "not enabled: the JDK warns now and refuses in a later release",
                        "java --enable-native-access=ALL-UNNAMED ...");
    }

    /** Without it Netty 4.1's pooled buffers have no memory address, and each native call asks for it by a detour. */
    static Finding unsafe(boolean usable) {
        return usable ? Finding.ok("Unsafe memory", "Netty may use it")
                : Finding.warn("Unsafe memory", "refused to Netty: its buffers are slower",
                        "java --sun-misc-unsafe-memory-access=allow ...");
    }

    /** @param versions of all Netty jars on the class path, without repetition */
    static Finding netty(List<String> versions) {
        return switch (versions.size()) {
            case 0 -> Finding.info("Netty", "unknown version: its jars carry no version file");
            case 1 -> Finding.ok("Netty", versions.getFirst());
            default -> Finding.warn("Netty", "mixed: " + String.join(", ", versions),
                    "import io.netty:netty-bom in dependencyManagement");
        };
    }

    /** The incubator and tcnative count their versions apart. */
    private static List<String> nettyVersions() {
        return List.copyOf(Version.identify().values().stream()
                .filter(version -> !version.artifactId().contains("incubator"))
                .filter(version -> !version.artifactId().contains("tcnative"))
                .map(Version::artifactVersion)
                .collect(Collectors.toCollection(TreeSet::new)));
    }
}
