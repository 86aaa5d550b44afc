package io.evpl.examples;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;

/** The line {@code ./evpl echo} shows each second. Time comes from outside, so that a test can be its clock. */
final class EchoStatus {
    private final EchoHandler served;
    private long lastNs;
    private long lastMessages;

    EchoStatus(EchoHandler served, long nowNs) {
        this.served = served;
        this.lastNs = nowNs;
        this.lastMessages = served.messageCount();
    }

    /** Connections now, and messages a second since the call before. */
    String next(long nowNs) {
        long messages = served.messageCount();
        double seconds = Math.max(1, nowNs - lastNs) / 1e9;
        double perSecond = (messages - lastMessages) / seconds;
        lastNs = nowNs;
        lastMessages = messages;
        return String.format(Locale.ROOT, "%,d connections, %,.0f messages/s", served.connectionCount(), perSecond);
    }

    String total() {
        return String.format(Locale.ROOT, "stopped; served %,d connections and %,d messages",
                served.openedCount(), served.messageCount());
    }

    /** "127.0.0.1:7777" and "[::1]:7777", as other tools take them. */
    static String format(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return String.valueOf(address);
        }
        String host = inet.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
}
