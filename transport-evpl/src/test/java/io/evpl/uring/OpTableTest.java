package io.evpl.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.uring.UringAbi;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OpTableTest {
    private final OpTable table = new OpTable();
    private final List<String> completions = new ArrayList<>();
    private final Op.Target target = (op, res, flags, more) -> completions.add(op.kind + ":" + res + (more ? "+" : ""));

    @Test
    void aCompletionGoesToItsOperation() {
        Op recv = table.begin(target, Op.RECV);
        Op send = table.begin(target, Op.SEND);
        table.complete(send.id(), 7, 0);
        table.complete(recv.id(), -Errno.ECONNRESET, 0);
        assertEquals(List.of(Op.SEND + ":7", Op.RECV + ":-104"), completions);
        assertEquals(0, table.inFlight());
    }

    @Test
    void anOperationWithMoreToComeKeepsItsPlace() {
        Op recv = table.begin(target, Op.RECV);
        table.complete(recv.id(), 1, UringAbi.CQE_F_MORE);
        table.complete(recv.id(), 2, UringAbi.CQE_F_MORE);
        assertEquals(1, table.inFlight());
        table.complete(recv.id(), 0, 0);
        assertEquals(0, table.inFlight());
        assertEquals(List.of("0:1+", "0:2+", "0:0"), completions);
    }

    @Test
    void aLateCompletionOfTheFormerTenantIsDropped() {
        Op first = table.begin(target, Op.RECV);
        long lateId = first.id();
        table.complete(lateId, 1, 0);
        Op second = table.begin(target, Op.SEND);
        assertSame(first, second, "the place is reused");
        assertNotEquals(lateId, second.id());
        completions.clear();
        table.complete(lateId, 99, 0);
        table.complete(lateId, 99, UringAbi.CQE_F_MORE);
        assertEquals(List.of(), completions);
        assertEquals(1, table.inFlight());
    }

    @Test
    void aSecondCompletionOfAFreePlaceIsDropped() {
        Op op = table.begin(target, Op.RECV);
        table.complete(op.id(), 1, 0);
        table.complete(op.id(), 1, 0);
        assertEquals(1, completions.size());
        Set<Op> taken = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            assertTrue(taken.add(table.begin(target, Op.RECV)), "no place is given twice");
        }
    }

    @Test
    void userDataThatBelongsToNothingIsDropped() {
        table.begin(target, Op.RECV);
        for (long userData : new long[] {OpTable.IGNORED, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32 | 0x7fff_ffff,
            1L << 32 | 0x8000_0000L, 5}) {
            table.complete(userData, 0, 0);
        }
        assertEquals(List.of(), completions);
        assertEquals(1, table.inFlight());
    }

    @Test
    void noOperationHasTheIgnoredId() {
        for (int i = 0; i < 1000; i++) {
            assertNotEquals(OpTable.IGNORED, table.begin(target, Op.RECV).id());
        }
    }

    @Test
    void theTableGrowsAndKeepsWhatItHas() {
        List<Op> ops = new ArrayList<>();
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ops.add(table.begin(target, Op.RECV));
            ids.add(ops.get(i).id());
        }
        assertEquals(10_000, ids.size());
        assertEquals(10_000, table.inFlight());
        assertEquals(10_000, table.all().length);
        ops.forEach(op -> table.complete(op.id(), 0, 0));
        assertEquals(10_000, completions.size());
        assertEquals(0, table.inFlight());
    }

    @Test
    void whatIsHeldIsReleasedWithTheLastCompletionAndNotBefore() {
        ByteBuf buf = Unpooled.directBuffer(1);
        Op send = table.begin(target, Op.SEND);
        send.held = buf;
        table.complete(send.id(), 1, UringAbi.CQE_F_MORE);
        assertEquals(1, buf.refCnt());
        table.complete(send.id(), 0, UringAbi.CQE_F_NOTIF);
        assertEquals(0, buf.refCnt());
        table.complete(send.id(), 0, UringAbi.CQE_F_NOTIF);
        assertEquals(2, completions.size());
    }

    @Test
    void severalHeldBuffersAreAllReleased() {
        ByteBuf[] bufs = {Unpooled.directBuffer(1), Unpooled.directBuffer(1)};
        Op send = table.begin(target, Op.SEND);
        send.held = bufs;
        table.complete(send.id(), -Errno.EPIPE, 0);
        assertEquals(0, bufs[0].refCnt() + bufs[1].refCnt());
    }

    @Test
    void thePlaceIsFreeWhenItsTargetHears() {
        List<Op> next = new ArrayList<>();
        Op op = table.begin((done, res, flags, more) -> {
            assertTrue(done.isFree());
            next.add(table.begin(target, Op.SEND));
        }, Op.RECV);
        long id = op.id();
        table.complete(id, 0, 0);
        assertEquals(1, table.inFlight());
        assertFalse(next.get(0).isFree());
        assertNotEquals(id, next.get(0).id());
    }
}
