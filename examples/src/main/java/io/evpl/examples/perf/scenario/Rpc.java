package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/** ONC RPC: each connection keeps {@code depth} calls outstanding, of NULL or of a procedure that gives back what it takes. */
public final class Rpc implements Mode {
    public static final int PROGRAM = 0x20000e59;
    public static final int VERSION = 1;
    public static final int NULL = 0;
    public static final int ECHO = 1;
    /** The same on the wire as {@link #ECHO}; the bytes stay in the buffers they came in. */
    public static final int ECHO_BUFFER = 2;
    /** More than any payload has. */
    public static final int MAX_BYTES = 1 << 21;
    /** Different payloads per connection; few enough that they do not measure memory. */
    static final int PAYLOADS = 16;

    /** RFC 5531: record mark; xid, type, rpcvers, prog, vers, proc; credential and verifier of AUTH_NONE. */
    private static final int CALL_HEADER_BYTES = 4 + 6 * 4 + 2 * 8;
    /** Record mark; xid, type, reply_stat; verifier; accept_stat. */
    private static final int REPLY_HEADER_BYTES = 4 + 3 * 4 + 8 + 4;

    private final String name;
    private final boolean buffers;
    private final boolean ownLoad;

    Rpc(String name, boolean buffers, boolean ownLoad) {
        this.name = name;
        this.buffers = buffers;
        this.ownLoad = ownLoad;
    }

    /** What a call of the scenario takes on the wire. */
    public static int callBytes(int payloadBytes) {
        return CALL_HEADER_BYTES + opaqueBytes(payloadBytes);
    }

    /** What its reply takes. */
    public static int replyBytes(int payloadBytes) {
        return REPLY_HEADER_BYTES + opaqueBytes(payloadBytes);
    }

    /** NULL has none, not an empty one. */
    private static int opaqueBytes(int payloadBytes) {
        return payloadBytes == 0 ? 0 : 4 + (payloadBytes + 3 & ~3);
    }

    /** The procedure that the scenario calls. */
    public int procedure(Scenario scenario) {
        return scenario.payloadBytes() == 0 ? NULL : buffers ? ECHO_BUFFER : ECHO;
    }

    /** Payload number {@code index}, of {@link #PAYLOADS} of connection {@code connection}. */
    public static byte[] payload(int connection, int index, int bytes) {
        byte[] payload = new byte[bytes];
        long key = PayloadPattern.keyOf(connection * PAYLOADS + index);
        for (int from = 0, run; from < bytes; from += run) {
            run = Math.min(bytes - from, PayloadPattern.MAX_RUN_BYTES);
            var slice = PayloadPattern.slice(key + from, run);
            slice.readBytes(payload, from, run);
            slice.release();
        }
        return payload;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<String> options() {
        return Set.of("--depth");
    }

    @Override
    public String describe(Scenario scenario) {
        return (scenario.payloadBytes() == 0 ? "NULL" : "echo of " + ByteCount.format(scenario.payloadBytes()))
                + (scenario.connections() == 1 ? "" : " x " + scenario.connections()) + " depth " + scenario.depth()
                + (buffers ? ", as buffers" : "") + (ownLoad ? "" : ", one client for all");
    }

    @Override
    public boolean timed() {
        return true;
    }

    @Override
    public boolean ownLoad() {
        return ownLoad;
    }

    @Override
    public int highWaterMarkBytes(Scenario scenario) {
        return 0;
    }

    @Override
    public ChannelHandler serverHandler(Scenario scenario, Tally tally) {
        return RpcEcho.server(scenario, tally);
    }

    @Override
    public Load load(Scenario scenario, LoadTally tally, Dialer dialer) {
        return new RpcLoad(scenario, tally, procedure(scenario));
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return receivedBytes / callBytes(scenario.payloadBytes());
    }
}
