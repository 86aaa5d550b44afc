package io.evpl.examples;

import io.evpl.Evpl;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** {@code ./evpl echo}: runs {@link EchoServer} until it is told to stop, and shows what it does. */
@Command(name = "echo",
        description = "An echo server on evpl: try a client on it. Ctrl-C stops it.",
        sortOptions = false,
        footer = {"", "Example:", "  ./evpl echo --port 7777    and in another terminal:    nc 127.0.0.1 7777"})
public final class EchoCommand implements Callable<Integer> {
    private static final int MAX_LOOPS = 1024; // more is a typing error: no machine of ours has as many CPUs
    private static final int MAX_PORT = 65_535;
    private static final String CLEAR_TO_END = "\u001b[K"; // ECMA-48 EL

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "7777",
            description = "Port to listen on, 0 = any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1",
            description = "Address to listen on, 0.0.0.0 = all (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--loops", paramLabel = "N",
            description = "Event loops, each one thread (default: the transport's choice).")
    private Integer loops;

    @Option(names = "--backend", paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES} (default: the best one that works here).")
    private BackendName backend;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws Exception {
        InetSocketAddress address = checkedAddress();
        if (backend != null) {
            backend.force();
        }
        if (!Evpl.isAvailable()) {
            Throwable cause = Evpl.unavailabilityCause();
            throw new CommandFailure("the transport cannot be used: " + CommandFailure.rootOf(cause).getMessage()
                    + "; ./evpl doctor tells more", cause);
        }
        try (EchoServer server = listen(address)) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "echo-stop"));
            serve(server);
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    /** Makes {@link #call} return; the command's end of Ctrl-C. */
    void stop() {
        stop.countDown();
    }

    private InetSocketAddress checkedAddress() throws CommandFailure {
        require(port >= 0 && port <= MAX_PORT, "--port " + port + " is not in 0.." + MAX_PORT);
        require(loops == null || loops >= 1 && loops <= MAX_LOOPS, "--loops " + loops + " is not in 1.." + MAX_LOOPS);
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new CommandFailure("--host " + host + " has no address: neither DNS nor /etc/hosts knows it", null);
        }
        return address;
    }

    private void require(boolean fact, String otherwise) {
        if (!fact) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private EchoServer listen(InetSocketAddress address) throws Exception {
        try {
            return new EchoServer(address, loops == null ? 0 : loops);
        } catch (IOException e) {
            throw new CommandFailure(whyNotBound(address, e), e);
        }
    }

    /** The kernel's words decide, not the exception's type, which is the transport's own affair. */
    static String whyNotBound(InetSocketAddress address, Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        String where = address.getHostString() + ":" + address.getPort();
        if (text.contains("Address already in use") || text.contains("EADDRINUSE")) {
            return where + " is in use by another program; `ss -ltnp 'sport = :" + address.getPort()
                    + "'` names it, --port takes another";
        }
        if (text.contains("Cannot assign requested address") || text.contains("EADDRNOTAVAIL")) {
            return address.getHostString()
                    + " is not an address of this machine; `ip -brief address` lists those that are";
        }
        if (text.contains("Permission denied") || text.contains("EACCES")) {
            return where + " is for root only; take a port above 1023";
        }
        return "cannot listen on " + where + ": " + text;
    }

    private void serve(EchoServer server) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("echo listens on %s%nbackend: %s%n", EchoStatus.format(server.address()), Evpl.describe());
        out.flush();
        boolean live = Terminal.isOutput();
        EchoStatus status = new EchoStatus(server.served(), System.nanoTime());
        while (!stop.await(1, TimeUnit.SECONDS)) {
            if (live) {
                out.print("\r" + status.next(System.nanoTime()) + CLEAR_TO_END);
                out.flush();
            }
        }
        server.close();
        out.println((live ? "\r" + CLEAR_TO_END : "") + status.total());
        out.flush();
    }

    /** The JVM waits for its shutdown hooks, so this one holds it until the last line is out. */
    private void stopAndWait() {
        stop();
        try {
            stopped.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
