package io.evpl.examples.perf.child;

import java.io.IOException;
import org.dcache.oncrpc4j.rpc.OncRpcException;
import org.dcache.oncrpc4j.xdr.XdrAble;
import org.dcache.oncrpc4j.xdr.XdrDecodingStream;
import org.dcache.oncrpc4j.xdr.XdrEncodingStream;

/** {@code opaque x<>} as an array. */
final class OncrpcOpaque implements XdrAble {
    byte[] bytes;

    @Override
    public void xdrDecode(XdrDecodingStream in) throws OncRpcException, IOException {
        bytes = in.xdrDecodeDynamicOpaque();
    }

    @Override
    public void xdrEncode(XdrEncodingStream out) throws OncRpcException, IOException {
        out.xdrEncodeDynamicOpaque(bytes);
    }
}
