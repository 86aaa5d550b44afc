package io.evpl.examples.rpc;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code [NAME=]HOST:PORT[/PROGRAM[/VERSION]]}: a server to check.
 *
 * @param name    of its column
 * @param program 0: not told
 */
record CheckPlace(String name, String host, int port, int program, int version) {
    private static final Pattern SYNTAX = Pattern.compile(
            "(?:([^=/]+)=)?(\\[[^\\]]+]|[^:/\\[\\]=]+):(\\d{1,5})(?:/(\\d{1,10})(?:/(\\d{1,10}))?)?");
    private static final int MAX_PORT = 65_535;

    /** @throws IllegalArgumentException with a line for the user */
    static CheckPlace parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not [NAME=]HOST:PORT[/PROGRAM[/VERSION]]");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port == 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " is not in 1.." + MAX_PORT);
        }
        String host = matcher.group(2).replaceAll("[\\[\\]]", "");
        String name = matcher.group(1) == null ? host + ":" + port : matcher.group(1);
        return new CheckPlace(name, host, port, word(matcher.group(4)), word(matcher.group(5)));
    }

    private static int word(String digits) {
        try {
            return digits == null ? 0 : Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(digits + " is more than 2^32-1", e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }
}
