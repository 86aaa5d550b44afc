package io.evpl.examples.perf.child;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.dcache.oncrpc4j.rpc.OncRpcException;
import org.dcache.oncrpc4j.xdr.Xdr;
import org.dcache.oncrpc4j.xdr.XdrAble;
import org.dcache.oncrpc4j.xdr.XdrDecodingStream;
import org.dcache.oncrpc4j.xdr.XdrEncodingStream;

/** {@code opaque x<>} as a buffer, by the calls that oncrpc4j has for bytes which it need not copy. */
final class OncrpcBuffer implements XdrAble {
    ByteBuffer bytes;

    @Override
    public void xdrDecode(XdrDecodingStream in) throws OncRpcException, IOException {
        bytes = in.xdrDecodeByteBuffer();
    }

    @Override
    public void xdrEncode(XdrEncodingStream out) throws OncRpcException, IOException {
        ((Xdr) out).xdrEncodeShallowByteBuffer(bytes.duplicate());
    }
}
