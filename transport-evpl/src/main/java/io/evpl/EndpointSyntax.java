package io.evpl;

import io.netty.util.NetUtil;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** What an endpoint's text may be. Every refusal quotes the text, shortened and without control characters. */
final class EndpointSyntax {
    static final char ABSTRACT = '@';
    private static final String UNIX = "unix:";
    private static final String INPROC = "inproc://";

    /** sizeof(sun_path) is 108; a path ends in a NUL, an abstract name begins with one: unix(7). */
    private static final int MAX_LOCAL_BYTES = 107;
    /** The same for names within the process, so that a name can move between the two. */
    private static final int MAX_INPROC_BYTES = 107;
    private static final int MAX_PORT = 65535;
    /** RFC 1035 section 2.3.4: 255 octets on the wire, of which a name's text is two fewer. */
    private static final int MAX_HOST_LENGTH = 253;
    /** IFNAMSIZ is 16 with the NUL: netdevice(7). */
    private static final int MAX_SCOPE_BYTES = 15;
    /** Characters of a refused text that its message repeats. */
    private static final int MAX_QUOTED = 64;

    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]+");
    /**
     * RFC 1123 section 2.1 with its lengths (RFC 1035 section 2.3.4), and underscores, which many private names have.
     * No two parts of the pattern match the same text, so matching is linear.
     */
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");
    /** inet_aton(3) takes 127.1 and 0x7f.1 for addresses; RFC 3696 section 2 says that no name ends so. */
    private static final Pattern NUMBER_LABEL = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");

    private EndpointSyntax() {
    }

    static EvplEndpoint parse(String text) {
        if (text == null || text.isEmpty()) {
            throw bad(text, "is empty", "write host:port, [v6]:port, /path, @name or inproc://name");
        }
        if (text.startsWith(INPROC)) {
            return inproc(text, text.substring(INPROC.length()));
        }
        String path = text.startsWith(UNIX) ? text.substring(UNIX.length()) : text;
        if (path.startsWith("@")) {
            return abstractName(text, path.substring(1));
        }
        if (isPath(path)) {
            return local(text, path);
        }
        return text.charAt(0) == '[' ? bracketed(text) : hostAndPort(text);
    }

    // ---- INET

    static EvplEndpoint inet(String host, int port) {
        String text = host + ":" + port;
        if (host == null) {
            throw bad(text, "has no host", "give a name or an address");
        }
        if (port < 0 || port > MAX_PORT) {
            throw badPort(text);
        }
        return host.indexOf(':') >= 0 ? ipv6(text, host, port) : host(text, host, port);
    }

    private static EvplEndpoint bracketed(String text) {
        int end = text.indexOf(']');
        if (end < 0 || end + 1 >= text.length() || text.charAt(end + 1) != ':') {
            throw bad(text, "has no ]: after its address", "write [v6]:port, such as [::1]:80");
        }
        return ipv6(text, text.substring(1, end), port(text, text.substring(end + 2)));
    }

    private static EvplEndpoint hostAndPort(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw bad(text, "has no port", "write host:port; a path begins with /, ./ or ../");
        }
        if (text.indexOf(':') != colon) {
            throw bad(text, "has more than one colon", "put an IPv6 address in brackets, such as [::1]:80");
        }
        return host(text, text.substring(0, colon), port(text, text.substring(colon + 1)));
    }

    private static int port(String text, String digits) {
        int port = PORT.matcher(digits).matches() ? Integer.parseInt(digits) : -1;
        if (port < 0 || port > MAX_PORT) {
            throw badPort(text);
        }
        return port;
    }

    private static EvplEndpoint ipv6(String text, String address, int port) {
        int percent = address.indexOf('%');
        String host = percent < 0 ? address : address.substring(0, percent);
        if (!IPV6_CHARACTERS.matcher(host).matches() || host.indexOf(':') < 0 || !NetUtil.isValidIpV6Address(host)) {
            throw bad(text, "has no IPv6 address before its port", "write [v6]:port, such as [::1]:80");
        }
        String scope = percent < 0 ? null : scope(text, address.substring(percent + 1));
        InetAddress ip = ip(host);
        if (ip instanceof Inet4Address && scope != null) {
            throw bad(text, "gives an IPv4 address a scope", "leave out the % and what follows");
        }
        return EvplEndpoint.ofIp(ip, NetUtil.toAddressString(ip), scope, port);
    }

    /** An interface's number, or a name that an interface can have: dev_valid_name() in Linux's net/core/dev.c. */
    private static String scope(String text, String scope) {
        if (!scope.isEmpty() && scope.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long index = scope.length() > 10 ? Long.MAX_VALUE : Long.parseLong(scope);
            if (index < 1 || index > Integer.MAX_VALUE) {
                throw bad(text, "has a scope that is no interface's number", "use one from 1 to " + Integer.MAX_VALUE);
            }
            return Long.toString(index);
        }
        if (scope.isEmpty() || scope.length() > MAX_SCOPE_BYTES || scope.equals(".") || scope.equals("..")
                || !scope.chars().allMatch(c -> c > ' ' && c < 0x7f && "/:%[]".indexOf(c) < 0)) {
            throw bad(text, "has a scope that is no interface", "write its name or number, such as [fe80::1%eth0]:80");
        }
        return scope;
    }

    /** @throws IllegalArgumentException no such interface here */
    static InetAddress scoped(InetAddress ip, String scope, String text) {
        if (scope == null) {
            return ip;
        }
        try {
            return Inet6Address.getByAddress(null, ip.getAddress(), interfaceIndex(scope, text));
        } catch (UnknownHostException e) {
            throw new AssertionError(text, e);
        }
    }

    private static int interfaceIndex(String scope, String text) {
        if (scope.charAt(0) >= '0' && scope.charAt(0) <= '9' && scope.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Integer.parseInt(scope);
        }
        try {
            NetworkInterface found = NetworkInterface.getByName(scope);
            if (found != null) {
                return found.getIndex();
            }
        } catch (SocketException e) {
            throw new IllegalArgumentException(text + ": cannot look for interface " + scope + ": " + e.getMessage(), e);
        }
        throw bad(text, "names an interface that this machine does not have", "see: ip link");
    }

    private static EvplEndpoint host(String text, String host, int port) {
        if (NetUtil.isValidIpV4Address(host)) {
            InetAddress ip = ip(host);
            return EvplEndpoint.ofIp(ip, NetUtil.toAddressString(ip), null, port);
        }
        checkHostName(text, host);
        return EvplEndpoint.ofHostName(host.toLowerCase(Locale.ROOT), port);
    }

    private static void checkHostName(String text, String host) {
        if (host.isEmpty()) {
            throw bad(text, "has no host", "write [::]:port to listen on every address");
        }
        // One dot at the end says that the name is complete: RFC 1034 section 3.1.
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (name.length() > MAX_HOST_LENGTH) {
            throw bad(text, "has a host of " + name.length() + " characters", "use at most " + MAX_HOST_LENGTH);
        }
        String[] labels = name.split("\\.", -1);
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                throw bad(text, "is no host name at " + quote(label), "use labels of 1 to 63 letters, digits and, inside,"
                        + " hyphens; international names in their xn-- form");
            }
        }
        if (NUMBER_LABEL.matcher(labels[labels.length - 1]).matches()) {
            throw bad(text, "ends like an IPv4 address and is none", "write four numbers from 0 to 255, such as 127.0.0.1");
        }
    }

    private static InetAddress ip(String literal) {
        try {
            return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal));
        } catch (UnknownHostException e) {
            throw new AssertionError(literal, e);
        }
    }

    // ---- LOCAL and INPROC

    private static boolean isPath(String text) {
        return text.startsWith("/") || text.startsWith("./") || text.startsWith("../");
    }

    static EvplEndpoint local(String path) {
        return local(path, path);
    }

    private static EvplEndpoint local(String text, String path) {
        if (path == null || !isPath(path)) {
            throw bad(text, "is no path", "begin it with /, ./ or ../; an abstract name is written @name");
        }
        checkText(text, path, "path", MAX_LOCAL_BYTES);
        return EvplEndpoint.of(EvplEndpoint.Kind.LOCAL, "", path);
    }

    static EvplEndpoint abstractName(String name) {
        return abstractName("@" + name, name);
    }

    private static EvplEndpoint abstractName(String text, String name) {
        checkText(text, name, "abstract name", MAX_LOCAL_BYTES);
        return EvplEndpoint.of(EvplEndpoint.Kind.LOCAL, "@", name);
    }

    static EvplEndpoint inproc(String name) {
        return inproc(INPROC + name, name);
    }

    private static EvplEndpoint inproc(String text, String name) {
        checkText(text, name, "inproc name", MAX_INPROC_BYTES);
        return EvplEndpoint.of(EvplEndpoint.Kind.INPROC, INPROC, name);
    }

    private static void checkText(String text, String name, String what, int maxBytes) {
        if (name == null || name.isEmpty()) {
            throw bad(text, "has an empty " + what, "give it at least one character");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw bad(text, "has a control character in its " + what, "leave it out");
        }
        int bytes;
        try {
            bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name)).remaining();
        } catch (CharacterCodingException e) {
            throw bad(text, "has half a surrogate pair in its " + what, "leave it out");
        }
        if (bytes > maxBytes) {
            throw bad(text, "has " + (what.startsWith("a") || what.startsWith("i") ? "an " : "a ") + what + " of " + bytes
                    + " bytes", "use at most " + maxBytes);
        }
    }

    // ---- refusals

    private static IllegalArgumentException badPort(String text) {
        return bad(text, "has no port from 0 to " + MAX_PORT + " after its last colon", "write host:port, such as localhost:80");
    }

    private static IllegalArgumentException bad(String text, String what, String right) {
        return new IllegalArgumentException("endpoint " + quote(text) + ' ' + what + "; " + right);
    }

    /** Safe for a terminal and a log: one line, no control characters, not longer than a message should be. */
    static String quote(String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().limit(MAX_QUOTED).forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (Character.isLetterOrDigit(c) || c >= ' ' && c < 0x7f) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format("\\u%04x", c));
            }
        });
        return quoted.append(text.codePointCount(0, text.length()) > MAX_QUOTED ? "\"..." : "\"").toString();
    }
}
