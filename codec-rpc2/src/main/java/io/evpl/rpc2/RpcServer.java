package io.evpl.rpc2;

import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.rpc2.auth.ServerAuth;
import io.evpl.rpc2.datagram.DatagramPeers;
import io.evpl.rpc2.datagram.DatagramRecords;
import io.evpl.rpc2.pcap.PcapFolder;
import io.evpl.rpc2.replay.ReplyCache;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Serves programs on stream channels: TCP, unix sockets and channels within the process, on any transport of Netty. One server can be
 * bound to several addresses, by different types of channel. Thread-safe once it is built.
 */
public final class RpcServer {
    /** How long {@link #close()} waits for open calls. */
    public static final long DEFAULT_DRAIN_NS = TimeUnit.SECONDS.toNanos(5);

    private final EventLoopGroup parent;
    private final EventLoopGroup child;
    private final ChannelFactory<? extends ServerChannel> factory;
    private final Map<ChannelOption<?>, Object> options;
    private final Map<ChannelOption<?>, Object> childOptions;
    private final Consumer<Channel> pipeline;
    private final RpcConfig config;
    private final Set<Channel> listening = ConcurrentHashMap.newKeySet();
    private final Set<RpcConnection> connections = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile boolean closing;

    private RpcServer(Builder builder) {
        parent = builder.parent;
        child = builder.child;
        factory = builder.factory;
        options = new LinkedHashMap<>(builder.options);
        childOptions = new LinkedHashMap<>(builder.childOptions);
        pipeline = builder.pipeline;
        config = builder.config.listener(new Register(builder.listener)).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Listens, on a channel of the server's own type. The future says whether it worked; its channel has the local address. */
    public ChannelFuture bind(SocketAddress address) {
        if (factory == null) {
            throw new IllegalStateException("no type of channel: call channel(...) of the builder, or bind with one");
        }
        return bind(address, factory);
    }

    /** Listens, on a channel of another type; it must run on the server's loops. */
    public ChannelFuture bind(SocketAddress address, Class<? extends ServerChannel> type) {
        return bind(address, new ReflectiveChannelFactory<>(type));
    }

    /** Listens, on a channel that a factory makes; it must run on the server's loops. */
    public ChannelFuture bind(SocketAddress address, ChannelFactory<? extends ServerChannel> factory) {
        if (closing) {
            throw new IllegalStateException("the server is closed");
        }
        ServerBootstrap bootstrap = new ServerBootstrap().group(parent, child).channelFactory(factory::newChannel);
        options.forEach((option, value) -> set(bootstrap, option, value));
        childOptions.forEach((option, value) -> setChild(bootstrap, option, value));
        return listening(bootstrap.childHandler(connectionInitializer()).bind(address));
    }

    /**
     * Serves over UDP. The channel is bound on one of the server's loops; each peer counts as a connection while it is heard of.
     *
     * <p>Datagrams get lost and come twice. So that calls are executed once, a {@link ReplyCache} of its own serves the channel, unless the
     * server has an interceptor.
     */
    public ChannelFuture bindDatagram(SocketAddress address, Class<? extends DatagramChannel> type) {
        if (closing) {
            throw new IllegalStateException("the server is closed");
        }
        ChannelHandler initializer = connectionInitializer(config.interceptor() != null ? config
                : config.toBuilder().interceptor(new ReplyCache()).build());
        return listening(new Bootstrap().group(child).channel(type)
                // A datagram that is longer than the buffer would be cut: the largest there is must fit.
                .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DatagramRecords.RECEIVE_BUFFER_BYTES))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        PcapFolder.capture(channel, "datagram");
                        channel.pipeline().addLast(new DatagramPeers(initializer));
                    }
                }).bind(address));
    }

    private ChannelFuture listening(ChannelFuture bound) {
        bound.addListener(done -> {
            if (done.isSuccess()) {
                listening(bound.channel());
            }
        });
        return bound;
    }

    private void listening(Channel channel) {
        listening.add(channel);
        channel.closeFuture().addListener(_ -> {
            listening.remove(channel);
            completeIfEmpty();
        });
        if (closing) {
            channel.close();
        }
    }

    @SuppressWarnings("unchecked")
    private static void set(ServerBootstrap bootstrap, ChannelOption<?> option, Object value) {
        bootstrap.option((ChannelOption<Object>) option, value);
    }

    @SuppressWarnings("unchecked")
    private static void setChild(ServerBootstrap bootstrap, ChannelOption<?> option, Object value) {
        bootstrap.childOption((ChannelOption<Object>) option, value);
    }

    /** Makes any stream channel a connection of this server: for bootstraps of one's own. */
    public ChannelHandler connectionInitializer() {
        return connectionInitializer(config);
    }

    private ChannelHandler connectionInitializer(RpcConfig config) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (closing) {
                    channel.close();
                    return;
                }
                pipeline.accept(channel);
                new RpcConnection(config).install(channel.pipeline());
            }
        };
    }

    /** Those that are connected now. */
    public List<RpcConnection> connections() {
        return List.copyOf(connections);
    }

    /** As {@link #close(long)}, with {@link #DEFAULT_DRAIN_NS}. */
    public CompletionStage<Void> close() {
        return close(DEFAULT_DRAIN_NS);
    }

    /**
     * Stops listening, begins no call any more, answers those that are open, then closes the connections. The loops are not shut down.
     *
     * @param drainNs connections with calls that are open after this are closed nevertheless; their callers hear nothing
     * @return complete when every channel is closed
     */
    public CompletionStage<Void> close(long drainNs) {
        closing = true;
        listening.forEach(Channel::close);
        connections.forEach(RpcConnection::drain);
        if (!connections.isEmpty()) {
            var timer = child.next().schedule(() -> connections.forEach(RpcConnection::close), drainNs, TimeUnit.NANOSECONDS);
            closed.whenComplete((_, _) -> timer.cancel(false));
        }
        completeIfEmpty();
        return closed;
    }

    private void completeIfEmpty() {
        if (closing && listening.isEmpty() && connections.isEmpty()) {
            closed.complete(null);
        }
    }

    /** Knows the connections, and tells the user's listener. */
    private final class Register implements RpcListener {
        private final RpcListener next;

        Register(RpcListener next) {
            this.next = next;
        }

        @Override
        public void connected(RpcConnection connection) {
            connections.add(connection);
            next.connected(connection);
            if (closing) {
                connection.drain();
            }
        }

        @Override
        public void disconnected(RpcConnection connection, CloseCause cause) {
            try {
                next.disconnected(connection, cause);
            } finally {
                connections.remove(connection);
                completeIfEmpty();
            }
        }
    }

    /** Collects settings. Not thread-safe; builds one server. */
    public static final class Builder {
        private final Map<ChannelOption<?>, Object> options = new LinkedHashMap<>();
        private final Map<ChannelOption<?>, Object> childOptions = new LinkedHashMap<>();
        private EventLoopGroup parent;
        private EventLoopGroup child;
        private ChannelFactory<? extends ServerChannel> factory;
        private final RpcConfig.Builder config = RpcConfig.builder();
        private RpcListener listener = RpcListener.NONE;
        private Consumer<Channel> pipeline = _ -> {
        };

        private Builder() {
        }

        /** Listens and serves on one group of loops. The group stays its maker's, who shuts it down. */
        public Builder group(EventLoopGroup group) {
            return group(group, group);
        }

        /** Listens on one group's loops, and serves on another's. */
        public Builder group(EventLoopGroup parent, EventLoopGroup child) {
            this.parent = parent;
            this.child = child;
            return this;
        }

        /** The type of listening channel that {@link RpcServer#bind(SocketAddress)} makes. */
        public Builder channel(Class<? extends ServerChannel> type) {
            return channelFactory(new ReflectiveChannelFactory<>(type));
        }

        /** As {@link #channel}. */
        public Builder channelFactory(ChannelFactory<? extends ServerChannel> factory) {
            this.factory = factory;
            return this;
        }

        /** Of listening channels. */
        public <T> Builder option(ChannelOption<T> option, T value) {
            options.put(option, value);
            return this;
        }

        /** Of connections. */
        public <T> Builder childOption(ChannelOption<T> option, T value) {
            childOptions.put(option, value);
            return this;
        }

        /** Prepares each connection's pipeline before records are found in it: adds TLS, say. Called on the connection's loop. */
        public Builder pipeline(Consumer<Channel> pipeline) {
            this.pipeline = pipeline;
            return this;
        }

        /** See {@link RpcConfig.Builder#program}. */
        public Builder program(RpcProgram program) {
            config.program(program);
            return this;
        }

        /** See {@link RpcConfig.Builder#serverAuth}. */
        public Builder auth(ServerAuth auth) {
            config.serverAuth(auth);
            return this;
        }

        /** Who calls back, unless a call says otherwise. */
        public Builder clientAuth(ClientAuth auth) {
            config.clientAuth(auth);
            return this;
        }

        /** Of each connection. */
        public Builder limits(RpcLimits limits) {
            config.limits(limits);
            return this;
        }

        /** Of all connections together; shared with other servers that have the same one. */
        public Builder budget(CallBudget budget) {
            config.budget(budget);
            return this;
        }

        public Builder listener(RpcListener listener) {
            this.listener = listener;
            return this;
        }

        /** See {@link CallInterceptor}. */
        public Builder interceptor(CallInterceptor interceptor) {
            config.interceptor(interceptor);
            return this;
        }

        /** Is told of every call, in both directions; several by {@link CallObserver#all}. */
        public Builder observer(CallObserver observer) {
            config.observer(observer);
            return this;
        }

        /** TLS on connections whose clients ask for it, or on all: {@link io.evpl.rpc2.tls.RpcTlsServer}. */
        public Builder tls(ConnectionSecurity tls) {
            config.tls(tls);
            return this;
        }

        /** How long a call back waits for its reply, unless it says otherwise; for ever by default. */
        public Builder callTimeoutNs(long timeoutNs) {
            config.callTimeoutNs(timeoutNs);
            return this;
        }

        /** See {@link RpcConfig.Builder#strictPadding}. */
        public Builder strictPadding(boolean strict) {
            config.strictPadding(strict);
            return this;
        }

        /** @throws IllegalStateException if there is no group */
        public RpcServer build() {
            if (parent == null || child == null) {
                throw new IllegalStateException("a server needs loops: call group(...)");
            }
            return new RpcServer(this);
        }
    }
}
