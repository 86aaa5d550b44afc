package io.evpl.inproc;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** Two ends, two pipes, and the memory that each end lets the other reach. */
public final class Connection {
    private static final AtomicLong SERIALS = new AtomicLong();

    /** Tells connections to the same name apart. */
    private final long serial = SERIALS.incrementAndGet();
    private final End client;
    private final End server;

    /** @param up what the client sends with @param down what the server sends with */
    public Connection(QueueLimits up, QueueLimits down) {
        Pipe toServer = new Pipe(up.maxMessages(), up.maxBytes());
        Pipe toClient = new Pipe(down.maxMessages(), down.maxBytes());
        RegionTable clients = new RegionTable();
        RegionTable servers = new RegionTable();
        client = new End(serial, toClient, toServer, clients, servers);
        server = new End(serial, toServer, toClient, servers, clients);
    }

    public End client() {
        return client;
    }

    public End server() {
        return server;
    }

    /** What one of the two channels holds. All methods on the thread of its loop. */
    public static final class End {
        private final long serial;
        private final Pipe in;
        private final Pipe out;
        private final RegionTable regions;
        private final RegionTable peerRegions;

        private End(long serial, Pipe in, Pipe out, RegionTable regions, RegionTable peerRegions) {
            this.serial = serial;
            this.in = in;
            this.out = out;
            this.regions = regions;
            this.peerRegions = peerRegions;
        }

        public long serial() {
            return serial;
        }

        public Pipe in() {
            return in;
        }

        public Pipe out() {
            return out;
        }

        /** What the other end may reach. */
        public RegionTable regions() {
            return regions;
        }

        /** What this end may reach of the other's. */
        public RegionTable peerRegions() {
            return peerRegions;
        }

        /** Comes to a loop; whatever happened before is the caller's to look for. */
        public void attach(Executor loop, Runnable onMessage, Runnable onRoom) {
            in.attachReader(loop, onMessage);
            out.attachWriter(loop, onRoom);
        }

        /** Whether the other end is on another loop by now. */
        public boolean hasNeighbour() {
            return !in.isOnOneLoop();
        }

        public void detach() {
            in.detachReader();
            out.detachWriter();
        }

        /** @param cause as in {@link Pipe#end} */
        public void close(Throwable cause) {
            out.end(cause);
            in.abandon();
            regions.close();
            detach();
        }
    }
}
