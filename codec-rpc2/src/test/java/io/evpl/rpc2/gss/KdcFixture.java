package io.evpl.rpc2.gss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A realm of its own in a folder that goes with it, and MIT's KDC for it on loopback. Needs krb5-kdc, krb5-admin-server and krb5-user of
 * Debian; without them a test is aborted with the reason, or fails if {@code -Devpl.require=all} is set.
 */
final class KdcFixture implements AutoCloseable {
    static final String REALM = "EVPL.TEST";
    private static final String CONFIGURATION = "java.security.krb5.conf";
    private static final long COMMAND_S = 30;

    private final Path folder;
    private final int port;
    private final String before = System.getProperty(CONFIGURATION);
    private Process kdc;

    private KdcFixture(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Makes the realm and starts its KDC. */
    static KdcFixture start() throws IOException {
        for (String program : List.of("kdb5_util", "kadmin.local", "krb5kdc", "kinit")) {
            if (find(program) == null) {
                missing("no " + program + ": apt-get install krb5-kdc krb5-admin-server krb5-user");
            }
        }
        KdcFixture fixture = new KdcFixture(Files.createTempDirectory("evpl-kdc"), freePort());
        try {
            fixture.create();
            return fixture;
        } catch (IOException | RuntimeException | Error e) {
            fixture.close();
            throw e;
        }
    }

    /** Ends the test: with a failure where everything is required. */
    static void missing(String what) {
        if (Arrays.asList(System.getProperty("evpl.require", "").split(",")).contains("all")) {
            fail("-Devpl.require=all, but there is " + what);
        }
        abort(what);
    }

    /** The program's path; Debian has those of administrators where PATH need not lead. */
    static Path find(String program) {
        List<String> folders = new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":")));
        folders.addAll(List.of("/usr/sbin", "/sbin", "/usr/bin"));
        return folders.stream().map(name -> Path.of(name, program)).filter(Files::isExecutable).findFirst().orElse(null);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void create() throws IOException {
        configure(port, "");
        Files.writeString(folder.resolve("kdc.conf"), """
                [kdcdefaults]
                    kdc_listen = 127.0.0.1:%1$d
                    kdc_tcp_listen = 127.0.0.1:%1$d
                [realms]
                    %2$s = {
                        database_name = %3$s/principal
                        key_stash_file = %3$s/stash
                        acl_file = %3$s/acl
                        max_life = 10h
                        master_key_type = aes256-cts
                        supported_enctypes = aes256-cts:normal aes128-cts:normal
                    }
                [logging]
                    kdc = STDERR
                """.formatted(port, REALM, folder));
        run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master");
        kdc = process("krb5kdc", "-n").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        awaitStart();
    }

    /** Its log says when. The rest is read and forgotten, so that it never waits for a reader. */
    private void awaitStart() throws IOException {
        BufferedReader log = kdc.errorReader();
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.append(line).append('\n');
            if (line.contains("commencing operation")) {
                Thread.ofVirtual().start(() -> drain(log));
                return;
            }
        }
        fail("krb5kdc has ended: " + said);
    }

    private static void drain(BufferedReader log) {
        try {
            log.transferTo(Writer.nullWriter());
        } catch (IOException e) {
            assertFalse(e.getMessage().isEmpty()); // the process has ended: "Stream closed"
        }
    }

    /** Writes krb5.conf, and has the JDK read it at its next login. @param more lines of [libdefaults] */
    private void configure(int kdcPort, String more) throws IOException {
        Files.writeString(configuration(), """
                [libdefaults]
                    default_realm = %1$s
                    dns_lookup_kdc = false
                    dns_lookup_realm = false
                    dns_canonicalize_hostname = false
                    rdns = false
                    udp_preference_limit = 1
                    %3$s
                [realms]
                    %1$s = {
                        kdc = 127.0.0.1:%2$d
                    }
                [domain_realm]
                    localhost = %1$s
                """.formatted(REALM, kdcPort, more));
        System.setProperty(CONFIGURATION, configuration().toString());
    }

    Path configuration() {
        return folder.resolve("krb5.conf");
    }

    /** Lines of [libdefaults] that hold from the next login on; none are the defaults again. */
    void libdefaults(String lines) throws IOException {
        configure(port, lines);
    }

    /** From the next login on the KDC is said to be where nobody is. */
    void hideKdc() throws IOException {
        configure(freePort(), "");
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** Adds a principal with a random key. @return a keytab with it, in a file of this name */
    Path principal(String principal, String keytab) throws IOException {
        run("kadmin.local", "-r", REALM, "-q", "addprinc -randkey " + principal);
        return extract(principal, keytab);
    }

    /** Adds the principal's key, a new version of it, to a keytab. */
    Path extract(String principal, String keytab) throws IOException {
        run("kadmin.local", "-r", REALM, "-q", "ktadd -k " + path(keytab) + ' ' + principal);
        assertTrue(Files.exists(path(keytab)), keytab);
        return path(keytab);
    }

    /** @return a ticket cache in a file of this name */
    Path kinit(String principal, Path keytab, String cache, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("kinit", "-c", "FILE:" + path(cache), "-k", "-t", keytab.toString()));
        command.addAll(List.of(options));
        command.add(principal);
        run(command.toArray(String[]::new));
        return path(cache);
    }

    /** A process that has this realm. */
    ProcessBuilder process(String program, String... arguments) {
        Path found = program.startsWith("/") ? Path.of(program) : find(program);
        List<String> command = new ArrayList<>(List.of(found == null ? program : found.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("KRB5_CONFIG", configuration().toString());
        builder.environment().put("KRB5_KDC_PROFILE", path("kdc.conf").toString());
        builder.environment().put("KRB5RCACHEDIR", folder.toString());
        return builder;
    }

    private void run(String... command) throws IOException {
        run(process(command[0], Arrays.copyOfRange(command, 1, command.length)));
    }

    /** Runs a program to its end, which must be a good one. @return what it has said */
    static String run(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertTrue(process.waitFor(COMMAND_S, TimeUnit.SECONDS), said);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException(e);
        }
        assertEquals(0, process.exitValue(), () -> builder.command() + ": " + said);
        return said;
    }

    @Override
    public void close() throws IOException {
        if (kdc != null) {
            kdc.destroy();
            kdc.onExit().join();
        }
        if (before == null) {
            System.clearProperty(CONFIGURATION);
        } else {
            System.setProperty(CONFIGURATION, before);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
