package io.evpl;

import io.netty.channel.unix.DomainSocketAddress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Where a peer is or where to listen, as a text that a configuration file can hold. Immutable; any thread.
 *
 * <table>
 * <caption>What {@link #parse} takes</caption>
 * <tr><td>{@code host:port}</td><td>a name or an IPv4 address</td></tr>
 * <tr><td>{@code [v6]:port}, {@code [v6%scope]:port}</td><td>an IPv6 address; the scope is an interface's name or number</td></tr>
 * <tr><td>{@code /path}, {@code ./path}, {@code ../path}</td><td>a unix socket; also with {@code unix:} in front</td></tr>
 * <tr><td>{@code @name}</td><td>a unix socket in Linux's abstract namespace; also with {@code unix:} in front</td></tr>
 * <tr><td>{@code inproc://name}</td><td>within this process</td></tr>
 * </table>
 *
 * <p>{@link #toString()} gives a text that {@link #parse} takes and that makes an equal endpoint. Host names are in lower
 * case, addresses in the form of RFC 5952. Whatever is refused is an {@link IllegalArgumentException} that quotes it and
 * says what would be right.
 */
public final class EvplEndpoint {
    /** What kind of socket an endpoint belongs to. */
    public enum Kind {
        /** IP address or host name, and port. */
        INET,
        /** A unix socket: path or abstract name. */
        LOCAL,
        /** A name within this process. */
        INPROC
    }

    private final Kind kind;
    private final String text;
    private final String name;
    private final int port;
    /** Null unless this is an IP address; without its scope. */
    private final InetAddress ip;
    /** Interface of an IPv6 address, null for none. */
    private final String scope;

    private EvplEndpoint(Kind kind, String text, String name, int port, InetAddress ip, String scope) {
        this.kind = kind;
        this.text = text;
        this.name = name;
        this.port = port;
        this.ip = ip;
        this.scope = scope;
    }

    /** @throws IllegalArgumentException what is wrong with the text, and what would be right */
    public static EvplEndpoint parse(String text) {
        return EndpointSyntax.parse(text);
    }

    /**
     * @param host a name, or an address without brackets
     * @throws IllegalArgumentException neither, or not a port
     */
    public static EvplEndpoint inet(String host, int port) {
        return EndpointSyntax.inet(host, port);
    }

    /** @param path absolute, or beginning with {@code ./} or {@code ../}. @throws IllegalArgumentException it cannot be one */
    public static EvplEndpoint local(String path) {
        return EndpointSyntax.local(path);
    }

    /** @param name without the {@code @}. @throws IllegalArgumentException it cannot be one */
    public static EvplEndpoint abstractName(String name) {
        return EndpointSyntax.abstractName(name);
    }

    /** @param name without {@code inproc://}. @throws IllegalArgumentException it cannot be one */
    public static EvplEndpoint inproc(String name) {
        return EndpointSyntax.inproc(name);
    }

    static EvplEndpoint ofIp(InetAddress ip, String host, String scope, int port) {
        String name = scope == null ? host : host + '%' + scope;
        String text = host.indexOf(':') >= 0 ? '[' + name + "]:" + port : name + ':' + port;
        return new EvplEndpoint(Kind.INET, text, name, port, ip, scope);
    }

    static EvplEndpoint ofHostName(String name, int port) {
        return new EvplEndpoint(Kind.INET, name + ':' + port, name, port, null, null);
    }

    static EvplEndpoint of(Kind kind, String prefix, String name) {
        return new EvplEndpoint(kind, prefix + name, name, 0, null, null);
    }

    public Kind kind() {
        return kind;
    }

    /** The host's name or address without brackets; the path; or the name without {@code @} or {@code inproc://}. */
    public String name() {
        return name;
    }

    /** The port, 0 unless {@link Kind#INET}. */
    public int port() {
        return port;
    }

    /** Whether this is a unix socket without a file. */
    public boolean isAbstract() {
        return text.charAt(0) == EndpointSyntax.ABSTRACT;
    }

    /** Whether this is a host name, which {@link EvplResolver} turns into addresses. */
    public boolean needsResolution() {
        return kind == Kind.INET && ip == null;
    }

    /**
     * The address for {@code bind} and {@code connect}: an {@link InetSocketAddress}, which is unresolved if this
     * {@linkplain #needsResolution() is a name}, a {@link DomainSocketAddress} or an {@link InprocAddress}.
     *
     * @throws IllegalArgumentException this machine has no interface of the scope's name
     */
    public SocketAddress toAddress() {
        return switch (kind) {
            case INET -> ip == null ? InetSocketAddress.createUnresolved(name, port)
                    : new InetSocketAddress(EndpointSyntax.scoped(ip, scope, text), port);
            // Netty's way to say "abstract": the first character becomes sun_path's leading NUL, unix(7).
            case LOCAL -> new DomainSocketAddress(isAbstract() ? '\0' + name : name);
            case INPROC -> inprocAddress();
        };
    }

    private InprocAddress inprocAddress() {
        return new InprocAddress(name);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EvplEndpoint endpoint && text.equals(endpoint.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return text;
    }
}
