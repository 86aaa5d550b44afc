package io.evpl.examples.perf.scenario;

import io.evpl.rpc2.RpcConfig;
import io.evpl.rpc2.RpcConnection;
import io.evpl.rpc2.RpcProcedure;
import io.evpl.rpc2.RpcProgram;
import io.evpl.xdr.XdrCodec;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;

/** The program that rows of {@link Rpc} call, as our codec serves it. */
final class RpcEcho {
    static final RpcProcedure<Void, Void> NULL =
            new RpcProcedure<>(Rpc.PROGRAM, Rpc.VERSION, Rpc.NULL, "NULL", XdrCodec.VOID, XdrCodec.VOID);
    static final RpcProcedure<byte[], byte[]> ECHO = new RpcProcedure<>(Rpc.PROGRAM, Rpc.VERSION, Rpc.ECHO, "ECHO",
            XdrCodec.opaque(Rpc.MAX_BYTES), XdrCodec.opaque(Rpc.MAX_BYTES));
    static final RpcProcedure<ByteBuf, ByteBuf> ECHO_BUFFER = new RpcProcedure<>(Rpc.PROGRAM, Rpc.VERSION, Rpc.ECHO_BUFFER,
            "ECHO_BUFFER", XdrCodec.buffer(Rpc.MAX_BYTES), XdrCodec.buffer(Rpc.MAX_BYTES));

    private RpcEcho() { }

    /** Makes one accepted channel a connection of the server. */
    static ChannelHandler server(Scenario scenario, Tally tally) {
        int callBytes = Rpc.callBytes(scenario.payloadBytes());
        int replyBytes = Rpc.replyBytes(scenario.payloadBytes());
        RpcProgram program = RpcProgram.builder(Rpc.PROGRAM, Rpc.VERSION, "ECHO")
                .procedure(NULL, (nothing, call) -> {
                    tally.received(callBytes);
                    call.reply(nothing);
                    tally.sent(replyBytes);
                })
                .procedure(ECHO, (bytes, call) -> {
                    tally.received(callBytes);
                    call.reply(bytes);
                    tally.sent(replyBytes);
                })
                .procedure(ECHO_BUFFER, (bytes, call) -> {
                    tally.received(callBytes);
                    call.reply(bytes.retain());
                    tally.sent(replyBytes);
                })
                .build();
        return end(new RpcConnection(RpcConfig.builder().program(program).build()));
    }

    /** Puts a connection into the pipeline of the channel it is for. */
    static ChannelHandler end(RpcConnection connection) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                connection.install(channel.pipeline());
            }
        };
    }
}
