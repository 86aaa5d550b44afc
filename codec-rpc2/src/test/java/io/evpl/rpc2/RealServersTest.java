package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our client, with code generated from the RFCs' definitions, against Debian's rpcbind and nfs-ganesha in a network of their own. */
class RealServersTest {
    private static final Path SCRIPT = Path.of("../testing/rpc/real-servers").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    private static void require(boolean condition, String missing) {
        if (!condition) {
            if (System.getProperty("evpl.require") != null) {
                fail(missing);
            }
            assumeTrue(false, missing);
        }
    }

    private static boolean isInstalled(String program) {
        return List.of("/usr/bin", "/usr/sbin", "/sbin", "/bin").stream().anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /** Root in a container may or may not have networks of its own. */
    private static boolean hasNamespaces() throws Exception {
        return new ProcessBuilder("unshare", "--net", "--mount", "--", "ip", "link", "set", "lo", "up").start().waitFor() == 0;
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void rpcbindAndGaneshaAreCalledWithGeneratedCode() throws Exception {
        require(isInstalled("rpcbind") && isInstalled("ganesha.nfsd"),
                "rpcbind and nfs-ganesha are missing: sudo apt-get install --no-install-recommends rpcbind nfs-ganesha nfs-ganesha-mem");
        require(hasNamespaces(), "unshare --net --mount is not allowed here: run as root, in a container with CAP_SYS_ADMIN");
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea", "-Dio.netty.leakDetection.level=paranoid", "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
                RealServersMain.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            int exit = process.waitFor();
            String said = Files.readString(output);
            assertEquals(0, exit, said);
            assertEquals(16, said.lines().filter(line -> line.startsWith("right: ")).count(), said);
        } finally {
            process.destroy();
        }
    }
}
