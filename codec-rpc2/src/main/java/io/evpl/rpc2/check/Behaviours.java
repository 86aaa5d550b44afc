package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Behaviour.Ending;
import io.evpl.rpc2.check.Behaviour.Fate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** RC01 to RC22 and RC30 as scripts. */
final class Behaviours {
    private static final int ALL_ONES = -1; // 2^32-1
    static final List<Behaviour> ALL = all();

    private Behaviours() {
    }

    private static List<Behaviour> all() {
        List<Behaviour> all = new ArrayList<>();
        wellFormed(all);
        headers(all);
        refusals(all);
        results(all);
        connections(all);
        return List.copyOf(all);
    }

    private static void wellFormed(List<Behaviour> all) {
        reply(all, "RC01", "echo", Ending.SUCCESS, Fate.KEPT, Behaviours::echo);
        reply(all, "RC02", "verifier-sys", Ending.SUCCESS, Fate.KEPT, call -> echo(call).verifier(RawCall.AUTH_SYS,
                RawCall.authSys(7, "host", 0, 0)));
        for (int fragments : new int[] {2, 3, 16}) {
            all.add(Behaviour.of("RC03", "fragments-" + fragments, Ending.SUCCESS, Fate.KEPT, (call, peer) ->
                    peer.raw(RecordBytes.split(echo(call).bytes(), fragments))));
        }
        all.add(Behaviour.of("RC04", "unknown-xid", Ending.SUCCESS_AFTER_THE_NEXT, Fate.KEPT, (call, peer) -> {
            peer.message(RawReply.success(call.xid() ^ 0x5a5a_5a5a, call.arguments()).bytes());
            peer.withhold(call);
        }));
        all.add(Behaviour.of("RC05", "twice", Ending.SUCCESS, Fate.KEPT, (call, peer) -> {
            peer.message(echo(call).bytes());
            peer.message(echo(call).bytes());
        }));
        all.add(Behaviour.of("RC06", "a-call-first", Ending.SUCCESS, Fate.KEPT, (call, peer) -> {
            peer.message(new RawCall(call.xid(), call.program(), call.version(), call.procedure()).arguments(call.arguments())
                    .bytes());
            peer.message(echo(call).bytes());
        }));
    }

    private static void headers(List<Behaviour> all) {
        for (int length : new int[] {0, 4, 9}) {
            all.add(Behaviour.of("RC07", "record-of-" + length, Ending.FAILURE, Fate.MAY_CLOSE, (call, peer) ->
                    peer.message(Arrays.copyOf(echo(call).bytes(), length))));
        }
        for (int type : new int[] {2, ALL_ONES}) {
            reply(all, "RC08", "msg-type-" + Integer.toUnsignedString(type), Ending.FAILURE, Fate.MAY_CLOSE, call ->
                    echo(call).messageType(type));
        }
        reply(all, "RC09", "verifier-none-with-body", Ending.FAILURE, Fate.MAY_CLOSE, call ->
                echo(call).verifier(RawCall.AUTH_NONE, RawXdr.pattern(8)));
        for (int stat : new int[] {2, ALL_ONES}) {
            reply(all, "RC16", "reply-stat-" + Integer.toUnsignedString(stat), Ending.FAILURE, Fate.KEPT, call ->
                    echo(call).stat(stat));
        }
    }

    private static void refusals(List<Behaviour> all) {
        for (int stat : new int[] {1, 2, 3, 4, 5, 6, 7, 13, 14}) {
            refusal(all, "RC11", "auth-error-" + stat, call -> RawReply.denied(call.xid(), 1, new RawXdr().u32(stat).bytes()));
        }
        refusal(all, "RC12", "rpc-mismatch", call -> RawReply.denied(call.xid(), 0, new RawXdr().ints(2, 2).bytes()));
        refusal(all, "RC12", "rpc-mismatch-odd-range", call -> RawReply.denied(call.xid(), 0, new RawXdr().ints(3, 2).bytes()));
        for (int stat : new int[] {1, 3, 4, 5, 6}) {
            refusal(all, "RC13", "accept-stat-" + stat, call -> RawReply.accepted(call.xid(), stat));
        }
        refusal(all, "RC13", "accept-stat-2", call -> RawReply.accepted(call.xid(), 2, new RawXdr().ints(3, 4).bytes()));
        refusal(all, "RC14", "auth-error-with-results", call -> RawReply.denied(call.xid(), 1,
                new RawXdr().u32(2).raw(call.arguments()).bytes()));
        refusal(all, "RC14", "rpc-mismatch-with-results", call -> RawReply.denied(call.xid(), 0,
                new RawXdr().ints(2, 2).raw(call.arguments()).bytes()));
        refusal(all, "RC15", "accept-stat-2-with-results", call -> RawReply.accepted(call.xid(), 2,
                new RawXdr().ints(3, 4).raw(call.arguments()).bytes()));
        refusal(all, "RC15", "accept-stat-4-with-results", call -> RawReply.accepted(call.xid(), 4, call.arguments()));
    }

    private static void results(List<Behaviour> all) {
        body(all, "RC17", "no-results", right -> new byte[0]);
        for (int length : new int[] {1, 4, 8}) {
            body(all, "RC18", "results-cut-to-" + length, right -> Arrays.copyOf(right, Math.min(length, right.length)));
        }
        for (int more : new int[] {4, 64}) {
            body(all, "RC19", more + "-bytes-more", right -> new RawXdr().raw(right).raw(RawXdr.pattern(more)).bytes());
        }
        body(all, "RC20", "garbage", right -> RawXdr.pattern(right.length));
        body(all, "RC21", "string-of-4294967295", right -> new RawXdr().u32(ALL_ONES).raw(right).bytes());
        body(all, "RC22", "string-beyond-message", right -> new RawXdr().u32(right.length + 0x1000).raw(right).bytes());
    }

    private static void connections(List<Behaviour> all) {
        all.add(Behaviour.of("RC10", "close", Ending.FAILURE, Fate.GONE, (call, peer) -> peer.close()));
        all.add(Behaviour.of("RC10", "close-within-mark", Ending.FAILURE, Fate.GONE, (call, peer) -> {
            peer.raw(new byte[] {(byte) 0x80, 0});
            peer.close();
        }));
        all.add(Behaviour.of("RC10", "close-within-reply", Ending.FAILURE, Fate.GONE, (call, peer) -> {
            byte[] record = RecordBytes.whole(echo(call).bytes());
            peer.raw(Arrays.copyOf(record, record.length - 4));
            peer.close();
        }));
        all.add(Behaviour.of("RC07", "huge-mark", Ending.FAILURE, Fate.GONE, (call, peer) ->
                peer.raw(new RawXdr().u32(ALL_ONES).raw(echo(call).bytes()).bytes())));
        all.add(Behaviour.of("RC30", HostileServer.CLOSE_ON_ACCEPT, Ending.FAILURE, Fate.GONE, (call, peer) -> peer.close()));
    }

    /** What is right: the arguments come back as results. */
    static RawReply echo(ReceivedCall call) {
        return RawReply.success(call.xid(), call.arguments());
    }

    private static void refusal(List<Behaviour> all, String id, String name, Function<ReceivedCall, RawReply> made) {
        reply(all, id, name, Ending.FAILURE, Fate.KEPT, made);
    }

    /** Results that are not those of a procedure which echoes a string and more: a client that expects none sees too many. */
    private static void body(List<Behaviour> all, String id, String name, Function<byte[], byte[]> wrong) {
        refusal(all, id, name, call -> RawReply.success(call.xid(), wrong.apply(call.arguments())));
    }

    private static void reply(List<Behaviour> all, String id, String name, Ending ending, Fate fate,
            Function<ReceivedCall, RawReply> made) {
        all.add(Behaviour.of(id, name, ending, fate, (call, peer) -> peer.message(made.apply(call).bytes())));
    }
}
