package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Check.After;
import io.evpl.rpc2.check.Check.Needs;
import io.evpl.rpc2.check.Check.Sending;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** RS31 to RS38: record marking. Fragments of a call come in one write, in two and byte by byte. */
final class RecordChecks {
    private static final int PIECE_BYTES = 4096; // of RS37
    private static final int LARGE_BYTES = 2048; // of RS36
    private static final int NULL_WORDS = 10; // of a NULL call

    private RecordChecks() {
    }

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        checks.add(Check.raw("RS31", "a fragment of 2^31-1 bytes", Group.RECORDS, (target, xid) ->
                new RawXdr().u32(-1).raw(target.call(xid).bytes()).bytes(), target -> Expectation.closing(), After.GONE));
        checks.add(Check.raw("RS32", "an empty record", Group.RECORDS, (target, xid) -> RecordBytes.whole(new byte[0]),
                target -> Expectation.closing(), After.GONE));
        int[] counts = {2, 3, 16};
        for (int i = 0; i < counts.length; i++) {
            checks.add(split("RS" + (33 + i), counts[i]));
            checks.add(splitAtWords("RS" + (33 + i), Math.min(counts[i], NULL_WORDS)));
        }
        checks.add(Check.call("RS36", "400 fragments", Group.RECORDS, Needs.CONFORMANCE_PROGRAM, (target, xid) ->
                target.call(xid, Shapes.ECHO_BYTES).arguments(large()).bytes(),
                target -> Expectation.results("what was sent", large())).sent(eachWay(400)));
        checks.add(Check.raw("RS37", "lawful fragments of more than the limit in all", Group.RECORDS,
                RecordChecks::overLimit, target -> Expectation.closing(), After.GONE).needing(Needs.KNOWN_LIMIT));
        checks.add(left("RS38", 2, 3, 0));
        checks.add(left("RS38", 9, 10, 0));
        checks.add(left("RS38", 2, 3, 1));
        checks.add(Check.raw("RS38", "disconnect within a mark", Group.RECORDS, (target, xid) -> new byte[] {(byte) 0x80, 0},
                target -> Expectation.nextServed(), After.LEFT));
        return checks;
    }

    private static byte[] large() {
        return new Shapes.Bytes().data(LARGE_BYTES).bytes();
    }

    private static Check split(String id, int fragments) {
        return Check.call(id, fragments + " fragments", Group.RECORDS, Needs.NOTHING, (target, xid) ->
                target.call(xid).bytes(), target -> Expectation.success()).sent(eachWay(fragments));
    }

    private static Check splitAtWords(String id, int fragments) {
        return Check.raw(id, fragments + " fragments of whole words", Group.RECORDS, (target, xid) ->
                RecordBytes.splitAtWords(target.call(xid).bytes(), fragments), target -> Expectation.success(), After.KEPT)
                .sent(eachWay(1));
    }

    private static List<Sending> eachWay(int fragments) {
        return Arrays.stream(Delivery.values()).map(delivery -> new Sending(delivery, fragments)).toList();
    }

    /** One piece more than the limit has room for. The last mark is left out: a server that waits for it is told by its silence. */
    private static byte[] overLimit(Target target, int xid) {
        RawXdr out = new RawXdr();
        byte[] piece = RawXdr.pattern(PIECE_BYTES);
        for (long sent = 0; sent <= target.options().messageLimitBytes(); sent += PIECE_BYTES) {
            out.raw(RecordBytes.fragment(piece, 0, PIECE_BYTES, false));
        }
        return out.bytes();
    }

    private static Check left(String id, int sent, int of, int bytesMissing) {
        String where = bytesMissing == 0 ? "after " + sent + " fragments of " + of : "within fragment " + sent + " of " + of;
        return Check.raw(id, "disconnect " + where, Group.RECORDS, (target, xid) -> {
            byte[] message = target.call(xid).bytes();
            RawXdr out = new RawXdr();
            for (int i = 0; i < sent; i++) {
                out.raw(RecordBytes.fragment(message, message.length * i / of, message.length * (i + 1) / of, false));
            }
            byte[] whole = out.bytes();
            return Arrays.copyOf(whole, whole.length - bytesMissing);
        }, target -> Expectation.nextServed(), After.LEFT);
    }
}
