package io.evpl.examples.rpc;

import io.evpl.examples.CommandFailure;
import io.evpl.rpc2.check.Behaviour;
import io.evpl.rpc2.check.HostileServer;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/** A {@link HostileServer} until Ctrl-C; prints each call and what was sent. */
final class HostileRun {
    private final Behaviour behaviour;
    private final int port;
    private final PrintWriter out;
    private final CountDownLatch stop = new CountDownLatch(1);

    HostileRun(Behaviour behaviour, int port, PrintWriter out) {
        this.behaviour = behaviour;
        this.port = port;
        this.out = out;
    }

    void run() throws CommandFailure, IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (HostileServer server = listen(address)) {
            Runtime.getRuntime().addShutdownHook(new Thread(stop::countDown, "hostile-stop"));
            print("listens on 127.0.0.1:" + server.address().getPort() + ": " + behaviour + ", to each connection's first call");
            stop.await();
        }
    }

    private HostileServer listen(InetSocketAddress address) throws CommandFailure {
        try {
            return HostileServer.serve(behaviour, address, this::print);
        } catch (IOException e) {
            throw new CommandFailure("cannot listen on 127.0.0.1:" + port + ": " + e.getMessage()
                    + "; --hostile 0 takes a free port", e);
        }
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }
}
