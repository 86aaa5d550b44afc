package io.evpl.examples.perf.scenario;

import java.util.List;

/** The modes there are. */
public final class Modes {
    public static final Mode PINGPONG = new PingPong();
    public static final Mode STREAM = new Stream();
    public static final Mode PACKET_ECHO = new PacketEcho();
    public static final Mode PACKET_FLOW = new PacketFlow();
    public static final Mode HANDSHAKE = new Handshake(false);
    public static final Mode RESUMPTION = new Handshake(true);
    public static final Mode IDLE = new Program(false);
    public static final Mode MIXED = new Program(true);
    /** Each framework's own client calls its own server. */
    public static final Mode RPC = new Rpc("rpc", false, true);
    public static final Mode RPC_BUFFERS = new Rpc("rpc-buffers", true, true);
    /** One client, ours, calls everybody's server. */
    public static final Mode RPC_ONE_CLIENT = new Rpc("rpc-one-client", false, false);
    public static final List<Mode> ALL = List.of(PINGPONG, STREAM, PACKET_ECHO, PACKET_FLOW, HANDSHAKE, RESUMPTION, IDLE, MIXED, RPC, RPC_BUFFERS, RPC_ONE_CLIENT);

    private Modes() { }

    /** @throws IllegalArgumentException if there is none of that name */
    public static Mode named(String name) {
        return ALL.stream().filter(mode -> mode.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown mode '" + name + "'"));
    }
}
