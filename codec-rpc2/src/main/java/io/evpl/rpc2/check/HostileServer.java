package io.evpl.rpc2.check;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A server over TCP that does to its clients what one {@link Behaviour} says. Threads of its own, one for each connection;
 * any thread may ask it.
 */
public final class HostileServer implements AutoCloseable {
    static final String CLOSE_ON_ACCEPT = "close-on-accept";

    private final Behaviour behaviour;
    private final Consumer<String> log;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<ReceivedCall> calls = new LinkedBlockingQueue<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    private HostileServer(Behaviour behaviour, InetSocketAddress address, Consumer<String> log) throws IOException {
        this.behaviour = behaviour;
        this.log = log;
        listener = new ServerSocket(address.getPort(), 0, address.getAddress());
        start("hostile-accept", this::acceptAll);
    }

    /** On a free port of loopback. */
    public static HostileServer serve(Behaviour behaviour) throws IOException {
        return serve(behaviour, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), line -> { });
    }

    /** @param log hears of each call and what is sent, on the connection's thread */
    public static HostileServer serve(Behaviour behaviour, InetSocketAddress address, Consumer<String> log) throws IOException {
        return new HostileServer(behaviour, address, log);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** The oldest call that nobody has taken yet; null if none comes in time. */
    public ReceivedCall nextCall(long timeoutMs) throws InterruptedException {
        return calls.poll(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** What clients sent that is neither a right call nor a reply. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private static void start(String name, Runnable task) {
        Thread.ofPlatform().daemon().name(name).start(task);
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                if (listener.isClosed() || behaviour.name().equals(CLOSE_ON_ACCEPT)) {
                    socket.close();
                    open.remove(socket);
                } else {
                    start("hostile-" + socket.getPort(), () -> serve(socket));
                }
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    fault("accept: " + e.getMessage());
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (RecordSocket records = new RecordSocket(socket)) {
            Peer peer = new Peer(records);
            while (!socket.isClosed()) {
                peer.take(records.read(0));
            }
        } catch (EOFException | SocketException e) {
            log.accept("closed by the client");
        } catch (IOException e) {
            fault(e.getMessage());
        } finally {
            open.remove(socket);
        }
    }

    private void fault(String what) {
        faults.add(what);
        log.accept("fault of the client: " + what);
    }

    /** A connection, as a script writes to it; on the connection's thread only. */
    public final class Peer {
        private static final int REPLY = 1;

        private final RecordSocket records;
        private final List<ReceivedCall> withheld = new ArrayList<>();
        private int received;

        private Peer(RecordSocket records) {
            this.records = records;
        }

        private void take(byte[] message) throws IOException {
            try {
                if (isReply(message)) {
                    log.accept("a reply: " + Outcome.ofReply(message));
                    return;
                }
                ReceivedCall call = ReceivedCall.parse(received++, message);
                log.accept(call.toString());
                calls.add(call);
                if (call.index() == 0) {
                    behaviour.script().answer(call, this);
                } else {
                    answerRightly(call);
                }
            } catch (RawReader.Malformed e) {
                fault("a message that " + e.getMessage());
            }
        }

        private static boolean isReply(byte[] message) throws RawReader.Malformed {
            RawReader in = new RawReader(message);
            in.u32("xid");
            return in.u32("msg_type") == REPLY;
        }

        private void answerRightly(ReceivedCall call) throws IOException {
            message(Behaviours.echo(call).bytes());
            for (ReceivedCall earlier : withheld) {
                message(Behaviours.echo(earlier).bytes());
            }
            withheld.clear();
        }

        /** The call is answered after the next one. */
        public void withhold(ReceivedCall call) {
            withheld.add(call);
        }

        /** Sends one record of one fragment. */
        public void message(byte[] bytes) throws IOException {
            raw(RecordBytes.whole(bytes));
        }

        /** Sends bytes as they are. */
        public void raw(byte[] bytes) throws IOException {
            log.accept("sends " + bytes.length + " bytes, " + behaviour.delivery());
            records.write(bytes, behaviour.delivery());
        }

        public void close() {
            log.accept("closes");
            records.close();
        }
    }
}
