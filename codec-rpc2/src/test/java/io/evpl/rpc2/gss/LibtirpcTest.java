package io.evpl.rpc2.gss;

import static io.evpl.rpc2.gss.EchoService.call;
import static io.evpl.rpc2.gss.EchoService.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.evpl.rpc2.RpcConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** RPCSEC_GSS between us and libtirpc with MIT's Kerberos, each as client and as server, krb5, krb5i and krb5p. */
@TestInstance(Lifecycle.PER_CLASS)
class LibtirpcTest {
    private static final String TARGET = "nfs@localhost";

    private KdcFixture kdc;
    private Path serviceKeys;
    private Path aliceKeys;

    @BeforeAll
    void start() throws IOException {
        if (KdcFixture.find("cc") == null || !Files.exists(Path.of("/usr/include/tirpc/rpc/auth_gss.h"))
                || !Files.exists(Path.of("/usr/include/gssapi/gssapi.h"))) {
            KdcFixture.missing("no compiler, or no headers: apt-get install gcc libtirpc-dev libkrb5-dev");
        }
        kdc = KdcFixture.start();
        serviceKeys = kdc.principal("nfs/localhost", "service.keytab");
        aliceKeys = kdc.principal("alice", "alice.keytab");
    }

    @AfterAll
    void stop() throws IOException {
        if (kdc != null) {
            kdc.close();
        }
    }

    private Path compile(String name) throws IOException {
        Path program = kdc.path(name);
        KdcFixture.run(kdc.process("cc", "-w", Path.of("src/test/resources/gss", name + ".c").toAbsolutePath().toString(), "-o",
                program.toString(), "-I/usr/include/tirpc", "-ltirpc", "-lgssapi_krb5", "-lpthread"));
        return program;
    }

    @Test
    void aClientOfLibtirpcCallsOurServer() throws Exception {
        Path client = compile("tirpc-client");
        Path cache = kdc.kinit("alice", aliceKeys, "alice.cache");
        GssServer gss = GssServer.builder().principal(TARGET).keytab(serviceKeys).build();
        try (EchoService service = new EchoService(gss)) {
            for (Service level : Service.values()) {
                ProcessBuilder process = kdc.process(client.toString(), Integer.toString(service.port()), TARGET,
                        Integer.toString(level.value()));
                process.environment().put("KRB5CCNAME", "FILE:" + cache);
                assertEquals("alice@EVPL.TEST (RPCSEC_GSS, " + level.pseudoFlavor() + ", to nfs/localhost@EVPL.TEST)\n",
                        KdcFixture.run(process));
                assertEquals(0, gss.contexts(), "auth_destroy has destroyed it");
            }
        }
    }

    @Test
    void ourClientCallsAServerOfLibtirpc() throws Exception {
        ProcessBuilder builder = kdc.process(compile("tirpc-server").toString(), TARGET);
        builder.environment().put("KRB5_KTNAME", "FILE:" + serviceKeys);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (EchoService ours = new EchoService(GssServer.builder().principal(TARGET).keytab(serviceKeys).build())) {
            String port = process.inputReader().readLine();
            assertNotNull(port, "the server has ended");
            RpcConnection connection = ours.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
            for (Service level : Service.values()) {
                GssClient client = GssClient.builder().target(TARGET).service(level).keytab("alice", aliceKeys).build();
                get(call(connection, client, EchoService.NULL, null));
                for (int bytes : new int[] {0, 1, 21, 4096, 60_000}) {
                    byte[] sent = new byte[bytes];
                    new Random(bytes).nextBytes(sent);
                    assertArrayEquals(sent, get(call(connection, client, EchoService.ECHO, sent)), level + " " + bytes);
                }
                assertEquals("alice@EVPL.TEST", get(call(connection, client, EchoService.WHO, null)));
                client.destroy().toCompletableFuture().join();
            }
        } finally {
            process.getOutputStream().close();
            process.onExit().join();
        }
    }
}
