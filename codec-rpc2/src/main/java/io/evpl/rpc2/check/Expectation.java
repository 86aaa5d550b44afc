package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Outcome.Kind;

import java.util.Arrays;
import java.util.function.Predicate;

/** What a right server makes of a call, in words and as a test. */
record Expectation(String words, Predicate<Outcome> accepts, boolean silence, boolean closed) {
    private static final int MAX_AUTH_BYTES = 400; // RFC 5531 section 8.2

    private static Expectation of(String words, Predicate<Outcome> accepts) {
        return new Expectation(words, accepts, false, false);
    }

    static Expectation success() {
        return of("SUCCESS", outcome -> outcome.kind() == Kind.SUCCESS);
    }

    /** RFC 9289 section 4.1: what a server with TLS says to the probe. */
    static Expectation startTls() {
        return of("SUCCESS STARTTLS", outcome -> outcome.kind() == Kind.SUCCESS && outcome.detail().equals("STARTTLS"));
    }

    static Expectation results(String words, byte[] results) {
        return of("SUCCESS with " + words, outcome -> outcome.kind() == Kind.SUCCESS
                && Arrays.equals(outcome.results(), results));
    }

    static Expectation kind(Kind kind) {
        return of(kind.name(), outcome -> outcome.kind() == kind);
    }

    static Expectation rpcMismatch() {
        return of("RPC_MISMATCH [2, 2]", outcome -> outcome.kind() == Kind.RPC_MISMATCH
                && outcome.low() == 2 && outcome.high() == 2);
    }

    /** The range has {@code known} in it and {@code asked} not. */
    static Expectation programMismatch(int known, int asked) {
        return of("PROG_MISMATCH with its range", outcome ->
                outcome.kind() == Kind.PROG_MISMATCH && within(outcome, known) && !within(outcome, asked));
    }

    static Expectation programMismatchExactly(int low, int high) {
        return of("PROG_MISMATCH [" + low + ", " + high + "]", outcome -> outcome.kind() == Kind.PROG_MISMATCH
                && outcome.low() == low && outcome.high() == high);
    }

    private static boolean within(Outcome range, int version) {
        return Integer.compareUnsigned(range.low(), version) <= 0 && Integer.compareUnsigned(version, range.high()) <= 0;
    }

    static Expectation authError() {
        return kind(Kind.AUTH_ERROR);
    }

    static Expectation garbageArguments() {
        return kind(Kind.GARBAGE_ARGS);
    }

    static Expectation closing() {
        return new Expectation("connection closed", outcome -> outcome.kind() == Kind.CLOSED, false, true);
    }

    static Expectation noReply() {
        return new Expectation("no reply, connection open", outcome -> outcome.kind() == Kind.SILENCE, true, false);
    }

    /** RFC 2203 section 5.2.3.1: rpc_gss_init_res whose gss_major is an error (RFC 2744 section 3.9.1: its upper bits). */
    static Expectation gssMajorError() {
        return of("SUCCESS with an error in gss_major", outcome -> {
            try {
                RawReader in = new RawReader(outcome.results());
                in.opaque("the handle", MAX_AUTH_BYTES);
                boolean error = (in.u32("gss_major") & 0xffff_0000) != 0;
                in.u32("gss_minor");
                in.u32("seq_window");
                in.opaque("the token", Integer.MAX_VALUE);
                in.end();
                return error;
            } catch (RawReader.Malformed e) {
                return false;
            }
        });
    }

    /** Of a connection that we leave: there is no answer to it. */
    static Expectation nextServed() {
        return of("the next connection is served", outcome -> false);
    }

    Expectation or(Expectation other) {
        return new Expectation(words + " or " + other.words, accepts.or(other.accepts), silence || other.silence,
                closed || other.closed);
    }

    /** UDP has no connection that could be closed: what TCP answers so is dropped. */
    Expectation overUdp() {
        return closed ? new Expectation(words.replace("connection closed", "no reply"),
                accepts.or(outcome -> outcome.kind() == Kind.SILENCE), true, false) : this;
    }
}
