package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Check.After;
import io.evpl.rpc2.check.Check.Needs;
import io.evpl.rpc2.check.Check.Sending;
import io.evpl.rpc2.check.Outcome.Kind;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The 21 calls that real servers answer differently; they need nothing but a program with a NULL procedure. */
final class OddCalls {
    private static final int REPLY = 1;
    private static final int MAX_AUTH_BYTES = 400; // RFC 5531 section 8.2
    private static final byte[] SYS_CREDENTIAL = RawCall.authSys(1, "host", 0, 0);

    private OddCalls() {
    }

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        marking(checks);
        envelope(checks);
        credentials(checks);
        malformed(checks);
        List<Check> numbered = new ArrayList<>();
        for (Check check : checks) {
            String id = String.format("T%02d", numbered.size() + 1);
            numbered.add(new Check(id, check.name(), check.group(), check.needs(), check.bytes(), check.framing(),
                    check.sendings(), check.expected(), check.after()));
        }
        return numbered;
    }

    private static void marking(List<Check> checks) {
        call(checks, "NULL", call -> call, Expectation.success());
        // Of whole words: ganesha closes where one is cut, which RS34 shows.
        checks.add(raw("3 fragments", (target, xid) -> RecordBytes.splitAtWords(target.call(xid).bytes(), 3),
                Expectation.success(), After.KEPT));
        checks.add(Check.call("", "byte by byte", Group.ODD_CALLS, Needs.NOTHING, (target, xid) -> target.call(xid).bytes(),
                target -> Expectation.success()).sent(List.of(new Sending(Delivery.BYTE_BY_BYTE, 1))));
        // RFC 5531 section 11 gives a fragment 0 to 2^31-1 bytes.
        checks.add(raw("empty fragment, then the last", (target, xid) -> new RawXdr().u32(0)
                .raw(RecordBytes.whole(target.call(xid).bytes())).bytes(), Expectation.success(), After.KEPT));
        checks.add(raw("empty last fragment only", (target, xid) -> RecordBytes.whole(new byte[0]), Expectation.closing(),
                After.GONE));
    }

    private static void envelope(List<Check> checks) {
        call(checks, "rpcvers 3", call -> call.rpcVersion(3), Expectation.rpcMismatch());
        call(checks, "unknown program", call -> call.program(Target.NO_PROGRAM), Expectation.kind(Kind.PROG_UNAVAIL));
        for (int version : new int[] {1_000_000, 0}) {
            checks.add(Check.call("", version == 0 ? "version 0" : "version too high", Group.ODD_CALLS, Needs.NOTHING,
                    (target, xid) -> target.call(xid).version(version).bytes(),
                    target -> Expectation.programMismatch(target.version(), version)));
        }
        call(checks, "procedure 9999", call -> call.procedure(9999), Expectation.kind(Kind.PROC_UNAVAIL));
    }

    private static void credentials(List<Check> checks) {
        call(checks, "AUTH_SYS", call -> call.credential(RawCall.AUTH_SYS, SYS_CREDENTIAL), Expectation.success());
        byte[] cut = new RawXdr().u32(1).u32(64).raw("short...".getBytes(StandardCharsets.US_ASCII)).bytes();
        call(checks, "AUTH_SYS with a cut body", call -> call.credential(RawCall.AUTH_SYS, cut), Expectation.authError());
        call(checks, "credential of 404 bytes", call -> call.credential(RawCall.AUTH_NONE, new byte[MAX_AUTH_BYTES + 4]),
                Expectation.authError().or(Expectation.garbageArguments()).or(Expectation.closing()), After.EITHER);
        call(checks, "credential of flavor 99", call -> call.credential(99), Expectation.authError());
        call(checks, "AUTH_TLS probe", call -> call.credential(RawCall.AUTH_TLS), Expectation.authError()
                .or(Expectation.startTls()), After.EITHER);
    }

    private static void malformed(List<Check> checks) {
        call(checks, "a reply to the server", call -> call.messageType(REPLY), Expectation.noReply());
        call(checks, "msg_type 2", call -> call.messageType(2), Expectation.closing(), After.GONE);
        checks.add(Check.call("", "a header of 8 bytes", Group.ODD_CALLS, Needs.NOTHING, (target, xid) ->
                new RawXdr().ints(xid, 0).bytes(), target -> Expectation.authError().or(Expectation.closing()))
                .after(After.EITHER));
        checks.add(Check.call("", "no arguments where there are some", Group.ODD_CALLS, Needs.NOTHING, (target, xid) ->
                target.call(xid, target.options().argumentProcedure()).bytes(), target -> Expectation.garbageArguments()));
        // void has no bytes (RFC 4506 section 4.16), but a ping harms nobody: servers that do not look are not wrong.
        call(checks, "16 bytes after NULL", call -> call.arguments(new byte[16]),
                Expectation.garbageArguments().or(Expectation.success()));
        checks.add(raw("mark 0x7fffffff", (target, xid) -> new RawXdr().u32(Integer.MAX_VALUE).raw(target.call(xid).bytes())
                .bytes(), Expectation.closing(), After.GONE));
    }

    private static void call(List<Check> checks, String name, UnaryOperator<RawCall> change, Expectation expected) {
        call(checks, name, change, expected, After.KEPT);
    }

    private static void call(List<Check> checks, String name, UnaryOperator<RawCall> change, Expectation expected, After after) {
        checks.add(Check.call("", name, Group.ODD_CALLS, Needs.NOTHING, (target, xid) ->
                change.apply(target.call(xid)).bytes(), target -> expected).after(after));
    }

    private static Check raw(String name, Check.Message bytes, Expectation expected, After after) {
        return Check.raw("", name, Group.ODD_CALLS, bytes, target -> expected, after);
    }
}
