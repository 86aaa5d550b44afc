package io.evpl;

import io.evpl.EvplEndpoint.Kind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;

import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A way to talk to a peer, by the name that libevpl gave it, such as {@code STREAM_SOCKET_TCP}. Immutable; any thread.
 *
 * <p>All of libevpl's names are known. One that no module on the class path provides, or that this machine cannot do, is
 * there with {@link #unavailabilityCause()}, which says what to add or to change; it answers false to every question
 * about what it can do.
 *
 * <p>{@code STREAM_SOCKET_TCP} and {@code STREAM_IO_URING_TCP} have the same channels, because a channel's loop decides
 * how it talks to the kernel. They differ in the loops that belong to them: {@link #newGroup} makes these.
 */
public final class EvplProtocol {
    /** What a protocol gives. */
    public enum Need {
        /** Bytes without boundaries. */
        STREAM,
        /** Messages with boundaries. */
        DATAGRAM,
        /** One peer, known for the channel's life. */
        CONNECTED,
        /** What is sent arrives, once and in order, or the channel ends. */
        RELIABLE,
        /** Reading from and writing to the peer's memory. */
        RDMA,
        /** Nobody on the way can read it. */
        ENCRYPTED
    }

    private static final Pattern NAME = Pattern.compile("(STREAM|DATAGRAM)(_[A-Z0-9]+)+");
    private static final String ANY = null;

    private final String name;
    private final Kind kind;
    private final Set<Need> traits;
    private final Throwable cause;
    private final String backend;
    private final ChannelFactory<? extends Channel> client;
    private final ChannelFactory<? extends ServerChannel> server;
    private final ChannelFactory<? extends Channel> bound;

    private EvplProtocol(Builder builder) {
        name = builder.name;
        kind = builder.kind;
        traits = builder.traits;
        cause = builder.cause;
        backend = builder.backend;
        client = builder.client;
        server = builder.server;
        bound = builder.bound;
    }

    // ---- finding one

    /**
     * @param name in upper or lower case
     * @throws IllegalArgumentException there is none of this name; the message has those that look alike, else all
     */
    public static EvplProtocol of(String name) {
        return ProtocolRegistry.get().find(name);
    }

    /** All that are known, available or not, in the order in which {@link #best} prefers them. */
    public static List<EvplProtocol> all() {
        return ProtocolRegistry.get().all();
    }

    /**
     * The best that is available here: the first of {@link #all()} that goes with the kind and has all that is needed.
     * What speaks TCP or UDP on the wire is preferred over what needs a peer of its own kind, so RDMA or TLS is chosen
     * only if the needs leave nothing else. Respects {@code -Dio.evpl.backend}.
     *
     * @throws UnsupportedOperationException there is none; the message says of each why not
     */
    public static EvplProtocol best(Kind kind, Need... needs) {
        return ProtocolRegistry.get().best(kind, needs.length == 0 ? EnumSet.noneOf(Need.class)
                : EnumSet.of(needs[0], needs));
    }

    // ---- what it is

    public String name() {
        return name;
    }

    public boolean isAvailable() {
        return cause == null;
    }

    /** @return why it cannot be used and what would help; null if it can */
    public Throwable unavailabilityCause() {
        return cause;
    }

    public boolean isStream() {
        return has(Need.STREAM);
    }

    public boolean isDatagram() {
        return has(Need.DATAGRAM);
    }

    public boolean isConnected() {
        return has(Need.CONNECTED);
    }

    public boolean isReliable() {
        return has(Need.RELIABLE);
    }

    public boolean isRdma() {
        return has(Need.RDMA);
    }

    public boolean isEncrypted() {
        return has(Need.ENCRYPTED);
    }

    /** Whether its endpoints are unix sockets. */
    public boolean isLocal() {
        return isAvailable() && kind == Kind.LOCAL;
    }

    /** Whether its endpoints are within this process. */
    public boolean isInproc() {
        return isAvailable() && kind == Kind.INPROC;
    }

    private boolean has(Need need) {
        return isAvailable() && traits.contains(need);
    }

    /** The kind of its endpoints, whether it is available or not. */
    public Kind endpointKind() {
        return kind;
    }

    // ---- what it makes

    /** Channels that connect. @throws UnsupportedOperationException it is not available, or does not connect */
    public ChannelFactory<? extends Channel> client() {
        return offered(client, "does not connect");
    }

    /** Channels that listen. @throws UnsupportedOperationException it is not available, or does not listen */
    public ChannelFactory<? extends ServerChannel> server() {
        return offered(server, "does not listen");
    }

    /** Channels that bind and then talk to anyone. @throws UnsupportedOperationException not available, or has none */
    public ChannelFactory<? extends Channel> bound() {
        return offered(bound, "has no channels without a peer");
    }

    private <T> T offered(T factory, String otherwise) {
        if (cause != null) {
            throw new UnsupportedOperationException(name + " is unavailable: " + cause.getMessage(), cause);
        }
        if (factory == null) {
            throw new UnsupportedOperationException(name + ' ' + otherwise);
        }
        return factory;
    }

    /**
     * Loops that belong to it: with io_uring for {@code STREAM_IO_URING_TCP}, with epoll for {@code STREAM_SOCKET_TCP},
     * with the configured one for others. The rest of the settings are {@code -Dio.evpl.*}.
     *
     * @param threads 0 for Netty's default
     * @throws UnsupportedOperationException it is not available
     */
    public EvplEventLoopGroup newGroup(int threads) {
        offered(this, "");
        EvplConfig config = EvplConfig.fromSystemProperties();
        return new EvplEventLoopGroup(threads, null,
                Objects.equals(backend, ANY) ? config : config.toBuilder().backend(backend).build());
    }

    /**
     * Whether a channel on this loop talks by this protocol. A loop of Netty's that takes channels of ours does so by the configured
     * backend. Any thread.
     */
    public boolean isServedBy(EventLoop loop) {
        if (!isAvailable()) {
            return false;
        }
        return Objects.equals(backend, ANY) ? LoopChannels.areServedBy(loop) : backend.equals(LoopChannels.backendOf(loop));
    }

    /** @throws IllegalArgumentException the endpoint is of another kind */
    void requireEndpoint(EvplEndpoint endpoint) {
        if (endpoint.kind() != kind) {
            throw new IllegalArgumentException(name + " takes endpoints of kind " + kind + ", and " + endpoint + " is "
                    + endpoint.kind());
        }
    }

    // ---- for the registry

    /** @return null if it has all of them and may be used, else why not */
    String refusal(Set<Need> needs, String configuredBackend) {
        EnumSet<Need> missing = EnumSet.copyOf(needs);
        missing.removeAll(traits);
        if (!missing.isEmpty()) {
            return "is not " + missing;
        }
        if (cause != null) {
            return "is unavailable: " + cause.getMessage();
        }
        if (!Objects.equals(backend, ANY) && !configuredBackend.equals("auto") && !configuredBackend.equals(backend)) {
            return "is excluded by -Dio.evpl.backend=" + configuredBackend;
        }
        return null;
    }

    @Override
    public String toString() {
        return cause == null ? name : name + " (unavailable: " + cause.getMessage() + ')';
    }

    /** Makes one, for an {@link EvplProtocolProvider}. @throws IllegalArgumentException it is no name of a protocol */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** What a provider says of its protocol. One of libevpl's names brings its kind and traits along. */
    public static final class Builder {
        private final String name;
        private Kind kind;
        private Set<Need> traits;
        private Throwable cause;
        private String backend = ANY;
        private ChannelFactory<? extends Channel> client;
        private ChannelFactory<? extends ServerChannel> server;
        private ChannelFactory<? extends Channel> bound;

        private Builder(String name) {
            if (name == null || !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("protocol " + EndpointSyntax.quote(name)
                        + ": a name is STREAM_ or DATAGRAM_ and words of capital letters and digits with _ in between");
            }
            this.name = name;
            KnownProtocol known = KnownProtocol.ofName(name);
            if (known != null) {
                kind = known.kind;
                traits = known.traits;
            }
        }

        /**
         * What a protocol that is not libevpl's is.
         *
         * @param more of what begins its name, STREAM or DATAGRAM, comes by itself
         * @throws IllegalArgumentException it is one of libevpl's, or both stream and datagram
         */
        public Builder traits(Kind endpointKind, Need... more) {
            if (KnownProtocol.ofName(name) != null) {
                throw new IllegalArgumentException(name + " is libevpl's, and what it is is known: leave traits() out");
            }
            kind = Objects.requireNonNull(endpointKind, "endpointKind");
            traits = EnumSet.of(name.startsWith("STREAM") ? Need.STREAM : Need.DATAGRAM, more);
            if (traits.contains(Need.STREAM) && traits.contains(Need.DATAGRAM)) {
                throw new IllegalArgumentException(name + " cannot be both stream and datagram");
            }
            return this;
        }

        /** Why it cannot be used here; null if it can. */
        public Builder unavailable(Throwable why) {
            cause = why;
            return this;
        }

        /** Belongs to loops of one backend, and is unavailable where that is. */
        Builder backend(String loops) {
            backend = loops;
            if (cause == null && loops.equals(Backends.IO_URING) && !Backends.features().available()) {
                cause = new UnsupportedOperationException(Backends.features().cause());
            }
            return this;
        }

        public Builder client(ChannelFactory<? extends Channel> factory) {
            client = factory;
            return this;
        }

        public Builder server(ChannelFactory<? extends ServerChannel> factory) {
            server = factory;
            return this;
        }

        public Builder bound(ChannelFactory<? extends Channel> factory) {
            bound = factory;
            return this;
        }

        /** @throws IllegalArgumentException it says not what it is, or is available and makes no channel */
        public EvplProtocol build() {
            if (traits == null) {
                throw new IllegalArgumentException(name + " is not one of libevpl's: say what it is with traits()");
            }
            if (cause == null && client == null && server == null && bound == null) {
                throw new IllegalArgumentException(name + " makes no channel: give it a factory, or say why it is unavailable");
            }
            return new EvplProtocol(this);
        }
    }
}
