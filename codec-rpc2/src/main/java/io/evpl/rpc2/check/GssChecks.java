package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Check.Needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * RS45 to RS50, RS55 and RS65 to RS72 as far as they need no context of a real mechanism: RFC 2203 section 5 refused in the
 * right way. What needs one, a replay say, is for tests that have a mechanism.
 */
final class GssChecks {
    private static final int DATA = 0;
    private static final int INIT = 1;
    private static final int CONTINUE_INIT = 2;
    private static final int DESTROY = 3;
    private static final int NONE = 1;
    private static final int PRIVACY = 3;
    private static final byte[] HANDLE = {9, 9, 9, 9}; // nobody gave it to us
    private static final byte[] MIC = RawXdr.pattern(28); // as long as one of krb5
    private static final Expectation REFUSED = Expectation.authError();

    private GssChecks() {
    }

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        for (int version : new int[] {0, 2}) {
            add(checks, "RS45", "credential of version " + version, credential(version, DATA, 1, NONE, HANDLE), REFUSED);
        }
        for (int procedure : new int[] {4, 99}) {
            add(checks, "RS46", "gss_proc " + procedure, credential(1, procedure, 1, NONE, HANDLE), REFUSED);
        }
        add(checks, "RS47", "service privacy, unknown handle", credential(1, DATA, 1, PRIVACY, HANDLE), REFUSED);
        for (int service : new int[] {0, 4}) {
            add(checks, "RS47", "service " + service, credential(1, DATA, 1, service, HANDLE), REFUSED);
        }
        add(checks, "RS48", "DATA with an unknown handle", credential(1, DATA, 1, NONE, HANDLE), REFUSED);
        add(checks, "RS49", "DATA with a verifier AUTH_NONE", call ->
                call.credential(RawCall.RPCSEC_GSS, credential(1, DATA, 1, NONE, HANDLE)), REFUSED);
        add(checks, "RS55", "sequence number over MAXSEQ", credential(1, DATA, 0x8000_0001, NONE, HANDLE), REFUSED);
        add(checks, "RS65", "DESTROY with a verifier AUTH_NONE", call ->
                call.credential(RawCall.RPCSEC_GSS, credential(1, DESTROY, 1, NONE, HANDLE)), REFUSED);
        credentials(checks);
        creation(checks);
        return checks;
    }

    private static void credentials(List<Check> checks) {
        byte[] whole = credential(1, DATA, 1, NONE, HANDLE);
        // A server without the flavor refuses it before it reads the body: any auth_stat is right there.
        for (int length : new int[] {0, 2, 10, 18}) {
            add(checks, "RS66", "credential cut to " + length + " bytes", Arrays.copyOf(whole, length), REFUSED);
        }
        byte[] overrun = new RawXdr().ints(1, DATA, 1, NONE, 64).raw(HANDLE).bytes();
        add(checks, "RS67", "handle longer than the credential", overrun, REFUSED);
    }

    /** INIT of a server with a mechanism may be answered by a major status: RFC 2203 section 5.2.3.1. */
    private static void creation(List<Check> checks) {
        Expectation major = Expectation.gssMajorError();
        Expectation garbage = Expectation.garbageArguments();
        byte[] token = new RawXdr().opaque(RawXdr.pattern(40)).bytes();
        byte[] overrun = new RawXdr().u32(400).raw(RawXdr.pattern(8)).bytes();
        add(checks, "RS68", "INIT with a token of no mechanism", init(INIT, token, new byte[0]), REFUSED.or(major));
        add(checks, "RS69", "CONTINUE_INIT with an unknown handle", init(CONTINUE_INIT, token, HANDLE), REFUSED.or(major));
        add(checks, "RS70", "INIT without a token", init(INIT, new byte[0], new byte[0]), REFUSED.or(garbage));
        add(checks, "RS71", "INIT with a token longer than the message", init(INIT, overrun, new byte[0]), REFUSED.or(garbage));
        add(checks, "RS72", "CONTINUE_INIT with such a token", init(CONTINUE_INIT, overrun, HANDLE), REFUSED.or(garbage));
    }

    private static UnaryOperator<RawCall> init(int procedure, byte[] arguments, byte[] handle) {
        return call -> call.credential(RawCall.RPCSEC_GSS, credential(1, procedure, 0, NONE, handle)).arguments(arguments);
    }

    /** rpc_gss_cred_t, RFC 2203 section 5. */
    private static byte[] credential(int version, int procedure, int sequence, int service, byte[] handle) {
        return new RawXdr().ints(version, procedure, sequence, service).opaque(handle).bytes();
    }

    private static void add(List<Check> checks, String id, String name, byte[] credential, Expectation expected) {
        add(checks, id, name, call -> call.credential(RawCall.RPCSEC_GSS, credential).verifier(RawCall.RPCSEC_GSS, MIC), expected);
    }

    private static void add(List<Check> checks, String id, String name, UnaryOperator<RawCall> change, Expectation expected) {
        checks.add(Check.call(id, name, Group.GSS, Needs.NOTHING, (target, xid) ->
                change.apply(target.call(xid)).bytes(), target -> expected));
    }
}
