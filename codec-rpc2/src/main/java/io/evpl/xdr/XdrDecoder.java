package io.evpl.xdr;

/** Reads XDR. */
public final class XdrDecoder {
}
