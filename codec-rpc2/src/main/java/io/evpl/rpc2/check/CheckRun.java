package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Check.After;
import io.evpl.rpc2.check.Check.Sending;
import io.evpl.rpc2.check.Finding.Verdict;

import java.io.IOException;
import java.util.HexFormat;

/** Runs one row against a target: the sendings in turn, on one connection as long as it lives. */
final class CheckRun implements AutoCloseable {
    private static final int FIRST_XID = 0x4556_0001; // recognized in captures: "EV"

    private static final int SHOWN_BYTES = 64;

    private final Target target;
    private int xid = FIRST_XID;
    private Wire wire;
    private Outcome outcome;

    CheckRun(Target target) {
        this.target = target;
    }

    Finding run(Check check) {
        Expectation expected = expectationOf(check);
        String reason = check.whyNot(target);
        if (reason != null) {
            return finding(check, Verdict.NOT_APPLICABLE, expected, reason);
        }
        outcome = null;
        try {
            for (Sending sending : check.sendings()) {
                if (!target.options().udp() || sending.isWhole()) {
                    String wrong = attempt(check, sending, expected);
                    if (wrong != null) {
                        String how = check.sendings().size() == 1 ? "" : " (" + sending + ")";
                        return finding(check, Verdict.FAIL, expected, wrong + how);
                    }
                }
            }
            return finding(check, Verdict.PASS, expected, outcome == null ? "it is served" : outcome.toString());
        } catch (IOException e) {
            return finding(check, Verdict.FAIL, expected, "no connection: " + e.getMessage());
        } finally {
            close();
        }
    }

    private Expectation expectationOf(Check check) {
        Expectation expected = check.expected().of(target);
        return target.options().udp() ? expected.overUdp() : expected;
    }

    private static Finding finding(Check check, Verdict verdict, Expectation expected, String seen) {
        return new Finding(check.id(), check.name(), check.group(), verdict, expected.words(), seen);
    }

    /** @return what was wrong, or null */
    private String attempt(Check check, Sending sending, Expectation expected) throws IOException {
        if (wire == null) {
            wire = target.open();
        }
        int asked = xid++;
        byte[] message = check.bytes().of(target, asked);
        wire.send(framed(check, message, sending), sending.delivery());
        if (check.after() == After.LEFT) {
            wire.leave();
        } else {
            outcome = expected.silence() ? firstOf(asked) : wire.receive().of(asked);
            if (!expected.accepts().test(outcome)) {
                return differently(expected, outcome);
            }
        }
        return probe(check.after());
    }

    private byte[] framed(Check check, byte[] message, Sending sending) {
        boolean marked = wire.isStream() && check.framing() == Check.Framing.MARKED;
        return marked ? RecordBytes.split(message, sending.fragments()) : message;
    }

    /** Silence needs no waiting: a NULL that was sent later is answered first. */
    private Outcome firstOf(int asked) throws IOException {
        int later = xid++;
        wire.send(framedProbe(later), Delivery.ONE_WRITE);
        Outcome first = wire.receive();
        boolean skipped = first.kind() == Outcome.Kind.SUCCESS && first.xid() == later;
        return skipped ? Outcome.of(Outcome.Kind.SILENCE) : first.of(asked);
    }

    private static String differently(Expectation expected, Outcome outcome) {
        boolean otherResults = outcome.kind() == Outcome.Kind.SUCCESS && expected.words().startsWith("SUCCESS");
        return otherResults ? "SUCCESS with other results, " + outcome.results().length + " bytes: "
                + HexFormat.of().formatHex(outcome.results(), 0, Math.min(SHOWN_BYTES, outcome.results().length))
                : outcome.toString();
    }

    private String probe(After after) throws IOException {
        return switch (after) {
            case KEPT -> answers() ? null : outcome + ", but the connection did not survive it";
            case EITHER -> answers() || answersAnew() ? null : outcome + ", and no new connection is served";
            case GONE, LEFT -> answersAnew() ? null : "no new connection is served";
        };
    }

    private boolean answers() throws IOException {
        int asked = xid++;
        wire.send(framedProbe(asked), Delivery.ONE_WRITE);
        return wire.receive().of(asked).kind() == Outcome.Kind.SUCCESS;
    }

    private boolean answersAnew() throws IOException {
        close();
        wire = target.open();
        return answers();
    }

    private byte[] framedProbe(int asked) {
        byte[] message = target.call(asked).bytes();
        return wire.isStream() ? RecordBytes.whole(message) : message;
    }

    @Override
    public void close() {
        if (wire != null) {
            wire.close();
            wire = null;
        }
    }
}
