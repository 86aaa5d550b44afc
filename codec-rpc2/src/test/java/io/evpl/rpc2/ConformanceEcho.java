package io.evpl.rpc2;

import io.evpl.rpc2.conformance.Arrays_;
import io.evpl.rpc2.conformance.Byte_strings;
import io.evpl.rpc2.conformance.Choice;
import io.evpl.rpc2.conformance.ConformanceV1;
import io.evpl.rpc2.conformance.Linked;
import io.evpl.rpc2.conformance.Nested;
import io.evpl.rpc2.conformance.Optionals;
import io.evpl.rpc2.conformance.Payload;
import io.evpl.rpc2.conformance.Scalars;

/** Serves conformance.x: every procedure gives back what it got. */
final class ConformanceEcho implements ConformanceV1.Service {
    @Override
    public void echoScalars(Scalars arguments, RpcCall<Scalars> call) {
        call.reply(arguments);
    }

    @Override
    public void echoBytes(Byte_strings arguments, RpcCall<Byte_strings> call) {
        call.reply(arguments);
    }

    @Override
    public void echoArrays(Arrays_ arguments, RpcCall<Arrays_> call) {
        call.reply(arguments);
    }

    @Override
    public void echoUnion(Choice arguments, RpcCall<Choice> call) {
        call.reply(arguments);
    }

    @Override
    public void echoOptional(Optionals arguments, RpcCall<Optionals> call) {
        call.reply(arguments);
    }

    @Override
    public void echoList(Linked arguments, RpcCall<Linked> call) {
        call.reply(arguments);
    }

    @Override
    public void echoNested(Nested arguments, RpcCall<Nested> call) {
        call.reply(arguments);
    }

    /** The reply's buffers are the call's: one more reference each, since both are given back. */
    @Override
    public void echoPayload(Payload arguments, RpcCall<Payload> call) {
        arguments.data().retain();
        arguments.data8().retain();
        call.reply(arguments);
    }

    @Override
    public void echoBool(boolean arguments, RpcCall<Boolean> call) {
        call.reply(arguments);
    }

    @Override
    public void discard(Byte_strings arguments, RpcCall<Void> call) {
        call.reply(null);
    }
}
