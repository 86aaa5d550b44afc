package io.evpl.rpc2.gss;

/** Numbers of RFC 2203. */
final class Rpcsec {
    /** RPCSEC_GSS, section 3. */
    static final int FLAVOR = 6;
    /** The only version here, section 5. */
    static final int VERSION = 1;
    /** {@code rpc_gss_proc_t}, section 5. */
    static final int DATA = 0;
    static final int INIT = 1;
    static final int CONTINUE_INIT = 2;
    static final int DESTROY = 3;
    /** MAXSEQ, section 5.3.1, unsigned: the largest sequence number that a context may see. */
    static final int MAX_SEQUENCE = 0x8000_0000;
    /** What a credential has before its handle: version, procedure, sequence number, service, length of the handle. */
    static final int CREDENTIAL_BYTES = 20;
    /** GSS_S_COMPLETE and GSS_S_CONTINUE_NEEDED, RFC 2744, section 3.9.1. */
    static final int COMPLETE = 0;
    static final int CONTINUE_NEEDED = 1;

    private Rpcsec() {
    }

    /** With padding: RFC 4506, section 4.10. */
    static long padded(long bytes) {
        return (bytes + 3) & ~3L;
    }
}
