package io.evpl.rpc2.check;

import java.util.Arrays;

/**
 * A call as it came to {@link HostileServer}.
 *
 * @param index            on its connection, from 0
 * @param header           from the xid to the end of the credential: what a verifier of RPCSEC_GSS signs
 * @param credential       the body; its padding is known to be zero
 * @param arguments        all bytes after the verifier
 */
public record ReceivedCall(int index, int xid, int program, int version, int procedure, int credentialFlavor, byte[] credential,
        int verifierFlavor, byte[] verifier, byte[] header, byte[] arguments) {
    private static final int MAX_AUTH_BYTES = 400; // RFC 5531 section 8.2

    /** @throws RawReader.Malformed if it is no call of RPC version 2, strictly read */
    static ReceivedCall parse(int index, byte[] message) throws RawReader.Malformed {
        RawReader in = new RawReader(message);
        int xid = in.u32("xid");
        require(in.u32("msg_type") == 0, "not a call");
        require(in.u32("rpcvers") == 2, "another rpcvers than 2");
        int program = in.u32("program");
        int version = in.u32("version");
        int procedure = in.u32("procedure");
        int flavor = in.u32("the credential");
        byte[] credential = in.opaque("the credential", MAX_AUTH_BYTES);
        byte[] header = Arrays.copyOf(message, in.position());
        int verifierFlavor = in.u32("the verifier");
        byte[] verifier = in.opaque("the verifier", MAX_AUTH_BYTES);
        return new ReceivedCall(index, xid, program, version, procedure, flavor, credential, verifierFlavor, verifier, header,
                in.rest());
    }

    private static void require(boolean fact, String otherwise) throws RawReader.Malformed {
        if (!fact) {
            throw new RawReader.Malformed(otherwise);
        }
    }

    @Override
    public String toString() {
        return String.format("call %d: xid 0x%08x, program %s version %s procedure %s, flavor %s, %d bytes of arguments", index, xid,
                Integer.toUnsignedString(program), Integer.toUnsignedString(version), Integer.toUnsignedString(procedure),
                Integer.toUnsignedString(credentialFlavor), arguments.length);
    }
}
