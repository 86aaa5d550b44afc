package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Check.Expected;
import io.evpl.rpc2.check.Check.Message;
import io.evpl.rpc2.check.Check.Needs;
import io.evpl.rpc2.check.Outcome.Kind;
import io.evpl.rpc2.check.Shapes.Subject;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** RS01 to RS16, for the NULL procedure of any program and for four kinds of arguments; and the order of the checks. */
final class EnvelopeChecks {
    static final int UNKNOWN_FLAVOR = 42;
    private static final int NO_PROCEDURE = 9999;
    private static final int ALL_ONES = -1; // 2^32-1
    private static final byte[] SYS_CREDENTIAL = RawCall.authSys(0x1234, "eleven-byte", 1000, 100, 4, 24, 27);

    private EnvelopeChecks() {
    }

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        envelope(checks, null);
        for (Subject subject : Shapes.SUBJECTS) {
            envelope(checks, subject);
        }
        order(checks);
        return checks;
    }

    /** @param subject null: NULL, which every program has */
    private static void envelope(List<Check> checks, Subject subject) {
        Expectation served = subject == null ? Expectation.results("no results", new byte[0])
                : Expectation.results("what was sent", subject.arguments());
        add(checks, subject, "RS01", "AUTH_NONE", call -> call, target -> served);
        int[] versions = {0, 1, 3, ALL_ONES};
        for (int i = 0; i < versions.length; i++) {
            int version = versions[i];
            add(checks, subject, "RS0" + (2 + i), "rpcvers " + Integer.toUnsignedString(version),
                    call -> call.rpcVersion(version), target -> Expectation.rpcMismatch());
        }
        add(checks, subject, "RS06", "unknown program", call -> call.program(Target.NO_PROGRAM),
                target -> Expectation.kind(Kind.PROG_UNAVAIL));
        otherVersion(checks, subject, "RS07", 0);
        otherVersion(checks, subject, "RS09", ALL_ONES);
        if (subject != null) {
            otherVersion(checks, subject, "RS08", 2);
            add(checks, subject, "RS10", "procedure 10", call -> call.procedure(10),
                    target -> Expectation.kind(Kind.PROC_UNAVAIL));
        } else {
            otherVersion(checks, null, "RS08", 1_000_000);
            add(checks, null, "RS10", "procedure " + NO_PROCEDURE, call -> call.procedure(NO_PROCEDURE),
                    target -> Expectation.kind(Kind.PROC_UNAVAIL));
            add(checks, null, "RS12", "procedure 0 without arguments", call -> call, target -> served);
        }
        add(checks, subject, "RS11", "procedure 2^32-1", call -> call.procedure(ALL_ONES),
                target -> Expectation.kind(Kind.PROC_UNAVAIL));
        credentials(checks, subject, served);
    }

    private static void credentials(List<Check> checks, Subject subject, Expectation served) {
        add(checks, subject, "RS13", "credential AUTH_SHORT", call -> call.credential(RawCall.AUTH_SHORT, RawXdr.pattern(8)),
                target -> Expectation.authError());
        add(checks, subject, "RS14", "credential of flavor " + UNKNOWN_FLAVOR, call -> call.credential(UNKNOWN_FLAVOR),
                target -> Expectation.authError());
        String name = "AUTH_SYS credential longer than the message";
        checks.add(Check.call("RS15", named(name, subject), Group.ENVELOPE, needs(subject), (target, xid) -> overrunning(target, xid,
                subject), target -> Expectation.authError()));
        add(checks, subject, "RS16", "AUTH_SYS", call -> call.credential(RawCall.AUTH_SYS, SYS_CREDENTIAL), target -> served);
    }

    /** The claimed length is lawful, and more than all bytes that follow. */
    private static byte[] overrunning(Target target, int xid, Subject subject) {
        RawXdr cut = new RawXdr().ints(xid, 0, 2, target.program(), target.version(), subject == null ? 0 : subject.procedure());
        return cut.u32(RawCall.AUTH_SYS).u32(380).raw(SYS_CREDENTIAL).bytes();
    }

    private static void otherVersion(List<Check> checks, Subject subject, String id, int version) {
        add(checks, subject, id, "version " + Integer.toUnsignedString(version), call -> call.version(version), target ->
                target.options().conformance() ? Expectation.programMismatchExactly(1, 1)
                        : Expectation.programMismatch(target.version(), version));
    }

    private static void add(List<Check> checks, Subject subject, String id, String name, UnaryOperator<RawCall> change,
            Expected expected) {
        Message message = (target, xid) -> change.apply(subject == null ? target.call(xid)
                : target.call(xid, subject.procedure()).arguments(subject.arguments())).bytes();
        checks.add(Check.call(id, named(name, subject), Group.ENVELOPE, needs(subject), message, expected));
    }

    private static String named(String name, Subject subject) {
        return subject == null ? name : name + ", " + subject.name();
    }

    private static Needs needs(Subject subject) {
        return subject == null ? Needs.NOTHING : Needs.CONFORMANCE_PROGRAM;
    }

    private static void order(List<Check> checks) {
        UnaryOperator<RawCall> version = call -> call.rpcVersion(3);
        UnaryOperator<RawCall> flavor = call -> call.credential(UNKNOWN_FLAVOR);
        UnaryOperator<RawCall> program = call -> call.program(Target.NO_PROGRAM);
        UnaryOperator<RawCall> programVersion = call -> call.version(ALL_ONES);
        UnaryOperator<RawCall> procedure = call -> call.procedure(NO_PROCEDURE);
        UnaryOperator<RawCall> garbage = call -> call.arguments(RawXdr.pattern(3));
        Expected mismatch = target -> Expectation.programMismatch(target.version(), ALL_ONES);
        first(checks, "rpcvers, then flavor", version.andThen(flavor)::apply, target -> Expectation.rpcMismatch());
        first(checks, "rpcvers, then program", version.andThen(program)::apply, target -> Expectation.rpcMismatch());
        first(checks, "flavor, then program", flavor.andThen(program)::apply, target -> Expectation.authError());
        first(checks, "flavor, then version", flavor.andThen(programVersion)::apply, target -> Expectation.authError());
        first(checks, "flavor, then procedure", flavor.andThen(procedure)::apply, target -> Expectation.authError());
        first(checks, "program, then version and procedure", program.andThen(programVersion).andThen(procedure)::apply,
                target -> Expectation.kind(Kind.PROG_UNAVAIL));
        first(checks, "version, then procedure", programVersion.andThen(procedure)::apply, mismatch);
        first(checks, "version, then arguments", programVersion.andThen(garbage)::apply, mismatch);
        first(checks, "procedure, then arguments", procedure.andThen(garbage)::apply,
                target -> Expectation.kind(Kind.PROC_UNAVAIL));
    }

    private static void first(List<Check> checks, String name, UnaryOperator<RawCall> wrong, Expected expected) {
        checks.add(Check.call("RS-order", name, Group.ORDER, Needs.NOTHING,
                (target, xid) -> wrong.apply(target.call(xid)).bytes(), expected));
    }
}
