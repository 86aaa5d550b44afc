package io.evpl.examples.perf;

import io.evpl.examples.perf.scenario.Link;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A fresh place for each round's server. Sockets that have paths get a folder of their own, which goes with the run, however it ends. */
final class ListenPlaces implements AutoCloseable {
    private static final String ANY_PORT = "0";

    private Path folder;
    private int issued;

    /** What to tell a server to listen at. */
    String next(Link link) {
        issued++;
        return switch (link) {
            case TCP, TLS, UDP, RPC -> ANY_PORT;
            case UNIX -> socketPath().toString();
            case INPROC -> "evpl-perf-" + issued;
        };
    }

    private Path socketPath() {
        try {
            if (folder == null) {
                folder = Files.createTempDirectory("evpl-perf");
                // An interrupted run ends without close(). Files go in the reverse of this order: the folder last.
                folder.toFile().deleteOnExit();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for unix sockets", e);
        }
        Path socket = folder.resolve("s" + issued);
        socket.toFile().deleteOnExit();
        return socket;
    }

    @Override
    public void close() {
        if (folder == null) {
            return;
        }
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(folder)) {
            for (Path socket : sockets) {
                Files.delete(socket);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
