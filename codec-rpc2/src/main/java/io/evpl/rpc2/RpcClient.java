package io.evpl.rpc2;

import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.xdr.XdrCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.resolver.AddressResolverGroup;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Calls one server over stream connections that come and go. A connection is made for the first call, and anew for the next one when it
 * was lost; between attempts that are answered by nobody the wait grows ({@link Backoff}). Calls wait meanwhile, and their deadlines go on
 * counting. With several connections a call takes the one with the fewest calls under way. Thread-safe.
 *
 * <p>Calls that were sent when their connection was lost fail with {@link ConnectionLostException}, unless {@link Repetition} says that
 * they are made again: then over the next connection, under the same transaction id.
 */
public final class RpcClient implements RpcCaller {
    /** How long a call may take unless somebody says otherwise: a server that is gone must be noticed. */
    public static final long DEFAULT_CALL_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    public static final int DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
    /** More versions than a program has had; a server that names others each time is not asked for ever. */
    private static final int MAX_PROBES = 16;

    private final ClientSlot[] slots;
    private final AtomicInteger nextSlot = new AtomicInteger();
    private final AtomicInteger nextXid;
    private final ConcurrentHashMap<Integer, ClientCall<?, ?>> calls = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Versions, CompletableFuture<Integer>> versions = new ConcurrentHashMap<>();
    private final Repetition repetition;
    private final long callTimeoutNs;
    private volatile boolean closed;

    private record Versions(int program, int low, int high) {
    }

    private RpcClient(Builder builder) {
        repetition = builder.repetition;
        callTimeoutNs = builder.callTimeoutNs;
        nextXid = new AtomicInteger(builder.firstXid);
        slots = new ClientSlot[builder.connections];
        Bootstrap bootstrap = builder.bootstrap.clone();
        bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                builder.pipeline.accept(channel);
            }
        });
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new ClientSlot(this, builder.config, builder.group.next(), bootstrap, builder.remote, builder.backoff);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    static ConnectionLostException closedException() {
        return new ConnectionLostException("the client is closed");
    }

    /**
     * As {@link RpcCaller#call}. An id of {@link CallOptions#withXid} that another call of this client has under way fails the call with
     * {@link IllegalArgumentException}.
     */
    @Override
    public <A, R> RpcFuture<R> call(RpcProcedure<A, R> procedure, A arguments, CallOptions options) {
        boolean mayRepeat = (options.repetition() == null ? repetition : options.repetition()).mayRepeat(procedure);
        long timeoutNs = options.timeoutNs() == 0 ? callTimeoutNs : options.timeoutNs();
        ClientSlot slot = leastLoaded();
        while (true) {
            CallOptions own = options.hasXid() ? options : options.withXid(nextXid.getAndIncrement());
            ClientCall<A, R> call = new ClientCall<>(slot, procedure, arguments, own, timeoutNs, mayRepeat);
            if (closed) {
                return failed(procedure, arguments, call, closedException());
            }
            if (calls.putIfAbsent(call.xid(), call) == null) {
                slot.begin(call);
                return call.future;
            }
            if (options.hasXid()) {
                return failed(procedure, arguments, call, new IllegalArgumentException("xid " + Integer.toUnsignedString(call.xid())
                        + " is pending already"));
            }
        }
    }

    private static <A, R> RpcFuture<R> failed(RpcProcedure<A, R> procedure, A arguments, ClientCall<A, R> call, RuntimeException cause) {
        if (arguments != null) {
            procedure.arguments().release(arguments);
        }
        call.future.fail(cause);
        return call.future;
    }

    private ClientSlot leastLoaded() {
        int first = (nextSlot.getAndIncrement() & Integer.MAX_VALUE) % slots.length;
        ClientSlot best = slots[first];
        for (int i = 1; i < slots.length; i++) {
            ClientSlot other = slots[(first + i) % slots.length];
            if (other.load() < best.load()) {
                best = other;
            }
        }
        return best;
    }

    void ended(ClientCall<?, ?> call) {
        calls.remove(call.xid(), call);
    }

    /** How many calls have no answer yet. */
    public int pendingCalls() {
        return calls.size();
    }

    /**
     * Finds the highest version of a program that both sides speak: asks for procedure 0 of the highest one, and goes by the range that
     * the server tells. What was found is remembered.
     *
     * @return fails with {@link ProgramMismatchException} if there is none in common, else as calls do
     */
    public CompletionStage<Integer> version(int program, int low, int high) {
        if (Integer.compareUnsigned(low, high) > 0) {
            throw new IllegalArgumentException("versions from " + low + " to " + high);
        }
        Versions asked = new Versions(program, low, high);
        CompletableFuture<Integer> mine = new CompletableFuture<>();
        CompletableFuture<Integer> other = versions.putIfAbsent(asked, mine);
        if (other != null) {
            return other;
        }
        probe(asked, high, 1, mine);
        mine.whenComplete((_, failure) -> {
            if (failure != null) {
                versions.remove(asked, mine);
            }
        });
        return mine;
    }

    private void probe(Versions asked, int version, int probes, CompletableFuture<Integer> found) {
        RpcProcedure<Void, Void> nothing = new RpcProcedure<>(asked.program, version, 0, "NULL", XdrCodec.VOID, XdrCodec.VOID);
        call(nothing, null, CallOptions.DEFAULT.withRepetition(Repetition.ALWAYS)).whenComplete((_, failure) -> {
            if (failure == null) {
                found.complete(version);
            } else if (failure instanceof ProgramMismatchException mismatch && probes < MAX_PROBES
                    && hasCommon(asked, version, mismatch)) {
                boolean isGap = Integer.compareUnsigned(mismatch.high(), version) >= 0;
                probe(asked, isGap ? version - 1 : mismatch.high(), probes + 1, found);
            } else {
                found.completeExceptionally(failure);
            }
        });
    }

    /** Whether a version below this one is left. */
    private static boolean hasCommon(Versions asked, int refused, ProgramMismatchException range) {
        return Integer.compareUnsigned(refused, asked.low) > 0 && Integer.compareUnsigned(range.high(), asked.low) >= 0
                && Integer.compareUnsigned(range.low(), refused) < 0;
    }

    /** Fails the calls that have no answer, closes the connections, and makes none again. The loops stay. */
    public CompletionStage<Void> close() {
        closed = true;
        return CompletableFuture.allOf(Arrays.stream(slots).map(ClientSlot::close).toArray(CompletableFuture[]::new));
    }

    /** Collects settings. Not thread-safe; builds one client. */
    public static final class Builder {
        private final Bootstrap bootstrap = new Bootstrap().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, DEFAULT_CONNECT_TIMEOUT_MS);
        private EventLoopGroup group;
        private SocketAddress remote;
        private boolean hasChannel;
        private RpcConfig config = RpcConfig.DEFAULT;
        private ClientAuth auth;
        private Backoff backoff = Backoff.DEFAULT;
        private Repetition repetition = Repetition.NEVER;
        private long callTimeoutNs = DEFAULT_CALL_TIMEOUT_NS;
        private int connections = 1;
        private int firstXid = ThreadLocalRandom.current().nextInt();
        private Consumer<Channel> pipeline = _ -> {
        };

        private Builder() {
        }

        /** Each connection stays on one of the group's loops. The group stays its maker's, who shuts it down. */
        public Builder group(EventLoopGroup group) {
            this.group = group;
            return this;
        }

        public Builder channel(Class<? extends Channel> type) {
            return channelFactory(new ReflectiveChannelFactory<>(type));
        }

        public Builder channelFactory(ChannelFactory<? extends Channel> factory) {
            bootstrap.channelFactory(factory::newChannel);
            hasChannel = true;
            return this;
        }

        /** The server; an unresolved address is resolved anew for each connection. */
        public Builder remote(SocketAddress address) {
            remote = address;
            return this;
        }

        public Builder resolver(AddressResolverGroup<?> resolver) {
            bootstrap.resolver(resolver);
            return this;
        }

        public <T> Builder option(ChannelOption<T> option, T value) {
            bootstrap.option(option, value);
            return this;
        }

        /** Prepares each connection's pipeline before records are found in it: adds TLS, say. Called on the connection's loop. */
        public Builder pipeline(Consumer<Channel> pipeline) {
            this.pipeline = pipeline;
            return this;
        }

        /** Limits, listener, observer, and what the client serves when it is called back. Its call timeout does not count. */
        public Builder config(RpcConfig config) {
            this.config = config;
            return this;
        }

        /** Who calls, unless a call says otherwise. */
        public Builder auth(ClientAuth auth) {
            this.auth = auth;
            return this;
        }

        /** How long a call may take, waits for connections included, unless it says otherwise; {@link Long#MAX_VALUE} is for ever. */
        public Builder callTimeoutNs(long timeoutNs) {
            if (timeoutNs <= 0) {
                throw new IllegalArgumentException("callTimeoutNs is " + timeoutNs + "; a call needs time");
            }
            callTimeoutNs = timeoutNs;
            return this;
        }

        /** How long one attempt to connect may take. */
        public Builder connectTimeoutMs(int timeoutMs) {
            return option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs);
        }

        /** How long to wait between connections over which nothing was heard. */
        public Builder backoff(Backoff backoff) {
            this.backoff = backoff;
            return this;
        }

        /** How many connections there are at most; the second comes with the second call. One by default. */
        public Builder connections(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("connections is " + count + "; a client needs one");
            }
            connections = count;
            return this;
        }

        /** Which calls are made again when their connection is lost, unless a call says otherwise; by default none. */
        public Builder repetition(Repetition repetition) {
            this.repetition = repetition;
            return this;
        }

        /** For tests of what comes when ids wrap; random otherwise. */
        Builder firstXid(int xid) {
            firstXid = xid;
            return this;
        }

        /** @throws IllegalStateException if group, channel type or remote address are missing */
        public RpcClient build() {
            if (group == null || !hasChannel || remote == null) {
                throw new IllegalStateException("a client needs group(...), channel(...) and remote(...)");
            }
            if (auth != null) {
                config = config.toBuilder().clientAuth(auth).build();
            }
            return new RpcClient(this);
        }
    }
}
