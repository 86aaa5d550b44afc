package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evpl.rpc2.auth.AuthRequest;
import io.evpl.rpc2.auth.AuthSys;
import io.evpl.rpc2.auth.CallProtection;
import io.evpl.rpc2.auth.Credential;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ServerAuth;
import io.evpl.rpc2.auth.Verdict;
import io.evpl.rpc2.replay.ReplyCache;
import io.evpl.xdr.XdrCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplyCacheTest {
    private static final int FLAVOR = 4242;
    private static final RpcProcedure<Integer, byte[]> COUNT = new RpcProcedure<>(Echo.PROGRAM, 2, 1, "COUNT", XdrCodec.INT,
            XdrCodec.opaque(1 << 20));
    private static final RpcProcedure<Integer, Integer> KEEP = new RpcProcedure<>(Echo.PROGRAM, 2, 2, "KEEP", XdrCodec.INT, XdrCodec.INT);

    private final AtomicLong clock = new AtomicLong();
    private final List<RpcCall<Integer>> kept = new ArrayList<>();
    private final List<EmbeddedPeer> peers = new ArrayList<>();
    private byte executions;

    /** Of the same host. */
    private EmbeddedPeer peer(ReplyCache cache) {
        RpcProgram program = RpcProgram.builder(Echo.PROGRAM, 2).procedure(COUNT, (bytes, call) -> {
            byte[] results = new byte[bytes];
            results[0] = ++executions;
            call.reply(results);
        }).procedure(KEEP, (_, call) -> kept.add(call)).build();
        EmbeddedPeer peer = new EmbeddedPeer(RpcConfig.builder().program(program).interceptor(cache).serverAuth(AuthSys.SERVER)
                .serverAuth(new Named()).serverAuth(io.evpl.rpc2.auth.AuthNone.SERVER).build());
        peers.add(peer);
        return peer;
    }

    @AfterEach
    void close() {
        kept.forEach(RpcCall::drop);
        peers.forEach(EmbeddedPeer::close);
    }

    private static Wire.Call call(int xid, int procedure, int argument) {
        return Wire.call(xid).version(2).procedure(procedure).arguments(Wire.of(argument).bytes());
    }

    private static byte[] results(int bytes, int execution) {
        byte[] results = new byte[bytes];
        results[0] = (byte) execution;
        return new Wire().opaque(results).bytes();
    }

    private static byte[] count(int xid, int bytes, int execution) {
        return Wire.success(xid, results(bytes, execution));
    }

    @Test
    void aCallThatComesAgainIsAnsweredAsTheFirstTimeOverAnyConnection() {
        ReplyCache cache = new ReplyCache();
        EmbeddedPeer first = peer(cache);
        first.receive(call(1, 1, 4).bytes(), call(1, 1, 4).bytes());
        first.expect(count(1, 4, 1), count(1, 4, 1));
        first.close();
        EmbeddedPeer second = peer(cache);
        second.receive(call(1, 1, 4).bytes());
        second.expect(count(1, 4, 1));
        assertEquals(2, cache.hits());
        assertEquals(1, cache.size());
        assertEquals(1, executions);
    }

    @Test
    void anotherIdOtherArgumentsAndAnotherCallerAreOtherCalls() {
        EmbeddedPeer peer = peer(new ReplyCache());
        byte[] alice = Wire.authSys(1, "host", 1, 1);
        byte[] aliceLater = Wire.authSys(2, "host", 1, 1);
        byte[] bob = Wire.authSys(1, "host", 2, 1);
        peer.receive(call(1, 1, 4).bytes(), call(2, 1, 4).bytes(), call(1, 1, 5).bytes(), call(1, 1, 4).credential(1, alice).bytes(),
                call(1, 1, 4).credential(1, bob).bytes(), call(1, 1, 4).credential(1, aliceLater).bytes(), call(1, 1, 4).bytes());
        peer.expect(count(1, 4, 1), count(2, 4, 2), count(1, 5, 3), count(1, 4, 4), count(1, 4, 5), count(1, 4, 4), count(1, 4, 1));
    }

    @Test
    void aCallThatIsStillCarriedOutIsDroppedWhenItComesAgain() {
        ReplyCache cache = new ReplyCache();
        EmbeddedPeer peer = peer(cache);
        peer.receive(call(1, 2, 0).bytes(), call(1, 2, 0).bytes(), call(1, 2, 0).bytes());
        assertEquals(1, kept.size());
        peer.expectNothing();
        kept.getFirst().reply(7);
        peer.expect(Wire.success(1, Wire.of(7).bytes()));
        peer.expectNothing();
        assertEquals(2, cache.inProgress());
        peer.receive(call(1, 2, 0).bytes());
        peer.expect(Wire.success(1, Wire.of(7).bytes()));
    }

    /** What the cache is for. */
    @Test
    void anAnswerThatNobodyHeardIsThereForTheNextConnection() {
        ReplyCache cache = new ReplyCache();
        EmbeddedPeer first = peer(cache);
        first.receive(call(1, 2, 0).bytes());
        first.close();
        kept.getFirst().reply(7);
        EmbeddedPeer second = peer(cache);
        second.receive(call(1, 2, 0).bytes());
        second.expect(Wire.success(1, Wire.of(7).bytes()));
        assertEquals(1, kept.size());
    }

    @Test
    void failuresRefusalsSilenceAndGarbageAreNotRemembered() {
        EmbeddedPeer peer = peer(new ReplyCache());
        byte[] call = call(1, 2, 0).bytes();
        peer.receive(call);
        kept.get(0).fail(new IllegalStateException("on purpose"));
        peer.receive(call);
        kept.get(1).deny(io.evpl.rpc2.auth.AuthStat.AUTH_TOOWEAK);
        peer.receive(call);
        kept.get(2).drop();
        peer.receive(call);
        kept.get(3).reply(3);
        peer.expect(Wire.accepted(1, 5, Wire.EMPTY), Wire.denied(1, 1, 5), Wire.success(1, Wire.of(3).bytes()));
        byte[] garbage = Wire.call(2).version(2).procedure(2).bytes();
        peer.receive(garbage, garbage);
        peer.expect(Wire.accepted(2, 4, Wire.EMPTY), Wire.accepted(2, 4, Wire.EMPTY));
    }

    @Test
    void theOldestRepliesAreForgottenWhenTheyAreTooMany() {
        ReplyCache cache = new ReplyCache(2, ReplyCache.DEFAULT_MAX_BYTES, ReplyCache.DEFAULT_MAX_AGE_NS, _ -> true);
        EmbeddedPeer peer = peer(cache);
        peer.receive(call(1, 1, 4).bytes(), call(2, 1, 4).bytes(), call(3, 1, 4).bytes(), call(2, 1, 4).bytes(), call(1, 1, 4).bytes());
        peer.expect(count(1, 4, 1), count(2, 4, 2), count(3, 4, 3), count(2, 4, 2), count(1, 4, 4));
        assertEquals(2, cache.size());
    }

    @Test
    void theOldestRepliesAreForgottenWhenTheyAreTooLargeTogether() {
        ReplyCache cache = new ReplyCache(ReplyCache.DEFAULT_MAX_ENTRIES, 10_000, ReplyCache.DEFAULT_MAX_AGE_NS, _ -> true);
        EmbeddedPeer peer = peer(cache);
        peer.receive(call(1, 1, 4000).bytes(), call(2, 1, 4000).bytes(), call(3, 1, 4000).bytes(), call(1, 1, 4000).bytes(),
                call(9, 1, 20_000).bytes(), call(9, 1, 20_000).bytes());
        peer.expect(count(1, 4000, 1), count(2, 4000, 2), count(3, 4000, 3), count(1, 4000, 4), count(9, 20_000, 5),
                count(9, 20_000, 6));
        assertEquals(2, cache.size());
        assertEquals(2 * 4004, cache.bytes());
    }

    @Test
    void repliesAndCallsWithoutEndAreForgottenWhenTheyAreOld() {
        ReplyCache cache = new ReplyCache(ReplyCache.DEFAULT_MAX_ENTRIES, ReplyCache.DEFAULT_MAX_BYTES, 100, _ -> true, clock::get);
        EmbeddedPeer peer = peer(cache);
        peer.receive(call(1, 1, 4).bytes(), call(2, 2, 0).bytes());
        clock.set(99);
        peer.receive(call(1, 1, 4).bytes(), call(2, 2, 0).bytes());
        peer.expect(count(1, 4, 1), count(1, 4, 1));
        assertEquals(1, kept.size());
        clock.set(100);
        peer.receive(call(1, 1, 4).bytes(), call(2, 2, 0).bytes());
        peer.expect(count(1, 4, 2));
        assertEquals(2, kept.size());
        assertEquals(2, cache.size());
    }

    @Test
    void proceduresMayBeLeftOut() {
        EmbeddedPeer peer = peer(new ReplyCache(ReplyCache.DEFAULT_MAX_ENTRIES, ReplyCache.DEFAULT_MAX_BYTES, ReplyCache.DEFAULT_MAX_AGE_NS, procedure -> procedure.number() != 1));
        peer.receive(call(1, 1, 4).bytes(), call(1, 1, 4).bytes(), call(2, 2, 0).bytes(), call(2, 2, 0).bytes());
        peer.expect(count(1, 4, 1), count(1, 4, 2));
        assertEquals(1, kept.size());
    }

    @Test
    void aCallThatIsStillExecutedKeepsItsPlace() {
        ReplyCache cache = new ReplyCache(1, ReplyCache.DEFAULT_MAX_BYTES, ReplyCache.DEFAULT_MAX_AGE_NS, _ -> true);
        EmbeddedPeer peer = peer(cache);
        peer.receive(call(1, 2, 0).bytes(), call(2, 1, 4).bytes(), call(3, 1, 4).bytes(), call(1, 2, 0).bytes());
        peer.expect(count(2, 4, 1), count(3, 4, 2));
        assertEquals(1, kept.size());
        assertEquals(1, cache.inProgress());
    }

    /** The reply is kept as it was before protection, and by whom it was asked for. */
    @Test
    void aProtectedReplyIsProtectedAnewAndForItsOwnCallerOnly() {
        EmbeddedPeer peer = peer(new ReplyCache());
        byte[] alice = call(1, 1, 4).credential(FLAVOR, "alice".getBytes(StandardCharsets.US_ASCII)).bytes();
        byte[] bob = call(1, 1, 4).credential(FLAVOR, "bob".getBytes(StandardCharsets.US_ASCII)).bytes();
        peer.receive(alice, bob, alice, call(1, 1, 4).bytes());
        peer.expect(named(1, "alice", results(4, 1)), named(1, "bob", results(4, 2)), named(1, "alice", results(4, 1)), count(1, 4, 3));
    }

    private static byte[] named(int xid, String name, byte[] results) {
        return Wire.of(xid, 1, 0, FLAVOR).string(name).words(0).raw(inverted(results)).bytes();
    }

    private static byte[] inverted(byte[] bytes) {
        byte[] copy = bytes.clone();
        for (int i = 0; i < copy.length; i++) {
            copy[i] = (byte) ~copy[i];
        }
        return copy;
    }

    /** A flavor whose credential is a name, whose verifier is the same name, and which inverts results. */
    private static final class Named implements ServerAuth {
        private record Name(String name) implements Credential {
            @Override
            public int flavor() {
                return FLAVOR;
            }

            @Override
            public String describe() {
                return name;
            }
        }

        @Override
        public int flavor() {
            return FLAVOR;
        }

        @Override
        public Verdict authenticate(AuthRequest request) {
            String name = request.credentialBody().toString(StandardCharsets.US_ASCII);
            return new Verdict.Accepted(new Name(name), new CallProtection() {
                @Override
                public ByteBuf unwrapArguments(ByteBuf arguments) {
                    return arguments;
                }

                @Override
                public OpaqueAuth replyVerifier() {
                    return new OpaqueAuth(FLAVOR, name.getBytes(StandardCharsets.US_ASCII));
                }

                @Override
                public ByteBuf wrapResults(ByteBuf results) {
                    ByteBuf wrapped = Unpooled.wrappedBuffer(inverted(ByteBufUtil.getBytes(results)));
                    results.release();
                    return wrapped;
                }

                @Override
                public boolean wraps() {
                    return true;
                }
            });
        }
    }
}
