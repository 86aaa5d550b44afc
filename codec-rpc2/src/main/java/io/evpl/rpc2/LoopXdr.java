package io.evpl.rpc2;

import io.evpl.xdr.XdrDecoder;
import io.evpl.xdr.XdrEncoder;
import io.netty.util.concurrent.FastThreadLocal;

/** The encoder and the decoder of a loop: a message is written or read in one go, so all its connections share them. */
record LoopXdr(XdrEncoder encoder, XdrDecoder decoder) {
    private static final FastThreadLocal<LoopXdr> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected LoopXdr initialValue() {
            return new LoopXdr(new XdrEncoder(), new XdrDecoder());
        }
    };

    /** Called on the loop. */
    static LoopXdr get() {
        return OF_THREAD.get();
    }
}
