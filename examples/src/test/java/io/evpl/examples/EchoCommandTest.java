package io.evpl.examples;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class EchoCommandTest {
    private static final int PIPE_CHARS = 65_536; // all that a short run prints, so that printing never waits for reading

    private final StringWriter err = new StringWriter();

    @Test
    void sendsBackWhatItGetsAndStopsWhenTold() throws Exception {
        CommandLine commandLine = Main.commandLine();
        PipedReader pipe = new PipedReader(PIPE_CHARS);
        commandLine.setOut(new PrintWriter(new PipedWriter(pipe))).setErr(new PrintWriter(err));
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> Main.run(commandLine, "echo", "--port", "0", "--loops", "1"));
        BufferedReader out = new BufferedReader(pipe);
        byte[] sent = "hello, echo".getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = connect(out.readLine())) {
            assertTrue(out.readLine().startsWith("backend: "));
            socket.getOutputStream().write(sent);
            assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
        }
        EchoCommand echo = commandLine.getSubcommands().get("echo").getCommand();
        echo.stop();
        assertEquals(0, exit.get(20, TimeUnit.SECONDS), err::toString);
        assertTrue(out.readLine().contains("stopped; served 1 connections"));
    }

    @Test
    void portInUseIsOneLineAndLeavesNothingOpen() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertEquals(1, run("echo", "--port", port)); // the first one also pays for what is opened once for the whole process
            long before = openDescriptors();
            assertEquals(1, run("echo", "--port", port));
            assertTrue(err.toString().contains("127.0.0.1:" + port + " is in use by another program"), err::toString);
            assertTrue(openDescriptors() <= before, () -> "descriptors left open, were " + before);
            assertEquals(2, err.toString().lines().count(), err::toString);
        }
    }

    @Test
    void foreignAddressIsOneLine() {
        assertEquals(1, run("echo", "--host", "203.0.113.9", "--port", "0")); // TEST-NET-3, RFC 5737: nobody's
        assertTrue(err.toString().contains("203.0.113.9 is not an address of this machine"), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    @Test
    void unknownHostIsOneLine() {
        assertEquals(1, run("echo", "--host", "no-such-host.invalid"));
        assertTrue(err.toString().contains("no-such-host.invalid has no address"), err::toString);
    }

    @Test
    void wrongValuesAreNamed() {
        assertEquals(2, run("echo", "--port", "65536"));
        assertEquals(2, run("echo", "--loops", "0"));
        assertEquals(2, run("echo", "--backend", "kqueue"));
        String text = err.toString();
        assertTrue(text.contains("--port 65536 is not in 0..65535"), text);
        assertTrue(text.contains("--loops 0 is not in 1..1024"), text);
        assertTrue(text.contains("'--backend': 'kqueue' is neither io_uring nor epoll"), text);
    }

    @Test
    void bindFailuresAreExplainedWhicheverWordsTheTransportUses() {
        InetSocketAddress address = InetSocketAddress.createUnresolved("10.0.0.1", 80);
        assertTrue(why(address, "bind(..) failed: EACCES, permission denied").contains("for root only"));
        assertTrue(why(address, "Permission denied").contains("for root only"));
        assertTrue(why(address, "bind(..) failed: EADDRINUSE, address already in use").contains("in use"));
        assertEquals("cannot listen on 10.0.0.1:80: odd", why(address, "odd"));
    }

    private static String why(InetSocketAddress address, String kernelWords) {
        return EchoCommand.whyNotBound(address, new BindException(kernelWords));
    }

    private static Socket connect(String line) throws IOException {
        String address = line.substring(line.lastIndexOf(' ') + 1);
        int colon = address.lastIndexOf(':');
        return new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    private int run(String... args) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err));
        return Main.run(commandLine, args);
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }
}
