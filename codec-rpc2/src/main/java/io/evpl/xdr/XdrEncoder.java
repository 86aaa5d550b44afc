package io.evpl.xdr;

/** Writes XDR. */
public final class XdrEncoder {
}
