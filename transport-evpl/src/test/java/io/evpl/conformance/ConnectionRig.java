package io.evpl.conformance;

import io.evpl.EvplEventLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A program's listener and connections. */
final class ConnectionRig {
    private final Stage stage;
    private final EventLog log;
    private final ConformanceTransport transport;
    private final Sabotage sabotage;
    private final boolean stream;
    private final Map<Integer, Connection> connections = new HashMap<>();
    private Channel listener;
    /** Whose server end the next accepted channel is: at most one connect is in flight. */
    private volatile Connection connecting;

    /** A write of operation {@code at}: those of the loop and of the test's thread are noted as they come. */
    private record Written(int at, ChannelFuture future) {
        static Written later(Written noted, Written next) {
            return next.at >= noted.at ? next : noted;
        }
    }

    private final class Connection {
        private final int at;
        private final Op.Connect made;
        private final Map<Side, Channel> ends = new EnumMap<>(Side.class);
        private final Map<Side, SentFlow> flows = new EnumMap<>(Side.class);
        /** The last write that is reported. */
        private final Map<Side, Written> written = new ConcurrentHashMap<>();

        Connection(int at, Op.Connect made) {
            this.at = at;
            this.made = made;
            for (Side side : Side.values()) {
                flows.put(side, new SentFlow(stream, at, side));
            }
        }

        /** On the channel's loop. */
        void init(Side side, Channel channel) {
            synchronized (ends) {
                ends.put(side, channel);
            }
            ChannelHandler saboteur = sabotage.handler(side);
            if (saboteur != null) {
                channel.pipeline().addLast(saboteur);
            }
            Object greeting = made.greeting().name().equals(side.name()) ? flows.get(side).send(at, 0,
                    ConnectionModel.GREETING_BYTES, Op.BufferKind.DIRECT, channel.alloc()) : null;
            channel.pipeline().addLast(new EndHandler(log, transport, at, side, made.drain(side), flows.get(side.peer()),
                    greeting));
        }

        ChannelHandler initializer(Side side) {
            return new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    init(side, channel);
                }
            };
        }

        Channel end(Side side) {
            synchronized (ends) {
                return ends.get(side);
            }
        }

        boolean isConnected() {
            return log.sum(Key.of(Key.What.CONNECTED, at, Side.CLIENT)) > 0
                    && log.sum(Key.of(Key.What.CONNECTED, at, Side.SERVER)) > 0;
        }
    }

    ConnectionRig(Stage stage, EventLog log, ConformanceTransport transport, Sabotage sabotage) {
        this.stage = stage;
        this.log = log;
        this.transport = transport;
        this.sabotage = sabotage;
        stream = transport.traits().has(Capability.STREAM);
    }

    // ---- beginning

    void listen() throws Exception {
        listener = done(new ServerBootstrap().group(stage.front(), stage.front()).channelFactory(transport::newServerChannel)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (connecting.made.halfClosure()) {
                            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
                        }
                        connecting.init(Side.SERVER, channel);
                    }
                }).bind(transport.freeAddress())).channel();
    }

    void stopListen() throws Exception {
        done(listener.close());
        listener = null;
    }

    void connect(int at, Op.Connect connect) throws Exception {
        Connection connection = new Connection(at, connect);
        connections.put(connect.slot(), connection);
        if (transport.traits().has(Capability.CONNECTED)) {
            connecting = connection;
            Bootstrap client = bootstrap(connection, Side.CLIENT, stage.loop(connect.loops()));
            if (connect.halfClosure()) {
                client.option(ChannelOption.ALLOW_HALF_CLOSURE, true);
            }
            done(client.connect(listener.localAddress()));
        } else {
            done(bootstrap(connection, Side.SERVER, stage.front()).bind(transport.freeAddress()));
            done(bootstrap(connection, Side.CLIENT, stage.loop(connect.loops())).bind(transport.freeAddress()));
        }
        if (!log.await(connection::isConnected)) {
            throw new AssertionError("not both ends are connected");
        }
    }

    private Bootstrap bootstrap(Connection connection, Side side, EvplEventLoop loop) {
        return new Bootstrap().group(loop).channelFactory(transport::newChannel).handler(connection.initializer(side));
    }

    void connectRefused(int at) throws Exception {
        Bootstrap client = new Bootstrap().group(stage.front()).channelFactory(transport::newChannel)
                .handler(new EndHandler(log, transport, at, Side.CLIENT, Op.Drain.AUTO, null, null));
        ChannelFuture connected = client.connect(transport.refusingAddress());
        if (!connected.await(Stage.PATIENCE_MS)) {
            throw new AssertionError("a connect to nobody hangs");
        }
        if (connected.isSuccess()) {
            log.add(Key.of(Key.What.BROKEN, at), 1, "connected to nobody");
        } else {
            log.add(Key.of(Key.What.REFUSED, at), 1, connected.cause().toString());
        }
    }

    private static ChannelFuture done(ChannelFuture future) throws InterruptedException {
        if (!future.await(Stage.PATIENCE_MS)) {
            throw new AssertionError("not done: " + future);
        }
        if (!future.isSuccess()) {
            throw new AssertionError(future.channel() + ": " + future.cause(), future.cause());
        }
        return future;
    }

    // ---- data

    void send(int at, Op.Send send) {
        Connection connection = connections.get(send.slot());
        Channel channel = connection.end(send.from());
        Channel peer = connection.end(send.from().peer());
        List<Object> messages = new ArrayList<>();
        int piece = 0;
        for (int bytes : send.pieces(stream)) {
            messages.add(transport.outbound(connection.flows.get(send.from()).send(at, piece++, bytes, send.buffer(),
                    channel.alloc()), peer));
        }
        Runnable write = () -> {
            for (Object message : messages) {
                if (send.isReported()) {
                    connection.written.merge(send.from(), new Written(at, write(channel, message, at)), Written::later);
                } else {
                    channel.write(message, channel.voidPromise());
                }
            }
            channel.flush();
        };
        if (send.style() == Op.WriteStyle.OFF_LOOP) {
            write.run();
        } else {
            channel.eventLoop().execute(write);
        }
    }

    private ChannelFuture write(Channel channel, Object message, int at) {
        return channel.write(message).addListener(written -> {
            if (!written.isSuccess()) {
                log.add(Key.of(Key.What.SEND_FAILED, at), 1, written.cause().toString());
            }
            log.add(Key.of(Key.What.SENT, at));
        });
    }

    void read(int slot, Side side, boolean on) throws Exception {
        Channel channel = connections.get(slot).end(side);
        Stage.on((EvplEventLoop) channel.eventLoop(), () -> channel.config().setAutoRead(on));
    }

    // ---- ending

    void close(Op.Close close) throws Exception {
        Connection connection = connections.remove(close.slot());
        Channel first = connection.end(close.side());
        Channel second = connection.end(close.side().peer());
        done(first.close());
        if (connection.made.halfClosure() || !transport.traits().has(Capability.CONNECTED)) {
            done(second.close()); // nobody tells it, or it was told and stays open
        }
        awaitDisconnected(connection);
    }

    void finish(Op.Finish finish) throws Exception {
        Connection connection = connections.remove(finish.slot());
        endOutput(connection, finish.side());
        awaitDisconnected(connection);
    }

    void halfClose(Op.HalfClose halfClose) {
        endOutput(connections.get(halfClose.slot()), halfClose.side());
    }

    /** After all that was written has been sent. */
    private static void endOutput(Connection connection, Side side) {
        DuplexChannel channel = (DuplexChannel) connection.end(side);
        channel.eventLoop().execute(() -> {
            Written written = connection.written.get(side);
            ChannelFuture last = written == null ? channel.newSucceededFuture() : written.future();
            last.addListener(done -> channel.shutdownOutput());
        });
    }

    void reset(Op.Reset reset) throws Exception {
        Connection connection = connections.remove(reset.slot());
        Channel channel = connection.end(reset.side());
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        done(channel.close());
        awaitDisconnected(connection);
    }

    /** What is missing then the oracle will say. */
    private void awaitDisconnected(Connection connection) throws InterruptedException {
        for (Side side : Side.values()) {
            log.await(() -> log.sum(Key.of(Key.What.DISCONNECTED, connection.at, side)) > 0);
        }
    }

    /** After a failure: whatever is there goes. */
    void abandon() {
        connections.values().forEach(connection -> connection.ends.values().forEach(Channel::close));
        if (listener != null) {
            listener.close();
        }
    }
}
