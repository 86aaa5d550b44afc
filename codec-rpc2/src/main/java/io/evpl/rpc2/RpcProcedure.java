package io.evpl.rpc2;

import io.evpl.xdr.XdrCodec;

/**
 * One procedure of one version of a program, as generated from a .x file: what a client calls and a server implements. Immutable.
 *
 * @param <A> arguments
 * @param <R> results
 * @param program   program number, unsigned
 * @param version   version of the program, unsigned
 * @param number    procedure number, unsigned
 * @param name      for people: the name in the .x file
 * @param arguments codec of the arguments
 * @param result    codec of the results
 */
public record RpcProcedure<A, R>(int program, int version, int number, String name, XdrCodec<A> arguments, XdrCodec<R> result) {
    public RpcProcedure {
        if (name == null || arguments == null || result == null) {
            throw new NullPointerException("a procedure needs a name and two codecs");
        }
    }

    /** Its name, and its three numbers as {@code rpcinfo} prints them. */
    @Override
    public String toString() {
        return name + " (" + Integer.toUnsignedString(program) + " v" + Integer.toUnsignedString(version)
                + " proc " + Integer.toUnsignedString(number) + ')';
    }
}
