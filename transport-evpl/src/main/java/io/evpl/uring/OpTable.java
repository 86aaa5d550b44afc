package io.evpl.uring;

import io.evpl.channel.WriteProgress;
import io.evpl.linux.uring.CompletionSink;
import io.evpl.linux.uring.Cqe;

import java.util.Arrays;

/**
 * All operations that the kernel has of one ring. An operation is found by its place and its generation, never by its
 * descriptor, so that a completion that comes late can neither hit another operation nor a reused descriptor; memory
 * that an operation holds stays alive until its last completion, even if its channel is long gone.
 */
final class OpTable implements CompletionSink {
    /** Completions of cancellations: the cancelled operation's own says what there is to know. Generations begin at 1. */
    static final long IGNORED = 0;

    private static final int FIRST_PLACES = 64;

    private Op[] ops = new Op[FIRST_PLACES];
    private int[] free = new int[FIRST_PLACES];
    private int freeCount;

    OpTable() {
        addPlaces(0);
    }

    private void addPlaces(int from) {
        for (int index = ops.length - 1; index >= from; index--) {
            ops[index] = new Op(index);
            free[freeCount++] = index;
        }
    }

    /** Takes a place for an operation about to be prepared with {@link Op#id()}. Grows; never fails. */
    Op begin(Op.Target target, int kind) {
        if (freeCount == 0) {
            int from = ops.length;
            ops = Arrays.copyOf(ops, from * 2);
            free = new int[from * 2];
            addPlaces(from);
        }
        Op op = ops[free[--freeCount]];
        assert op.isFree() : "place " + op.index + " is taken";
        op.generation++;
        op.kind = kind;
        op.target = target;
        return op;
    }

    /** Dispatches one completion; one that belongs to nothing known is dropped. */
    @Override
    public void complete(long userData, int res, int flags) {
        int index = (int) userData;
        if (index < 0 || index >= ops.length) {
            return;
        }
        Op op = ops[index];
        if (op.generation != (int) (userData >>> 32) || op.target == null) {
            return;
        }
        Op.Target target = op.target;
        if (Cqe.hasMore(flags)) {
            target.completed(op, res, flags, true);
            return;
        }
        Object held = op.held;
        op.held = null;
        op.target = null;
        free[freeCount++] = index;
        if (held != null) {
            WriteProgress.letGo(held);
        }
        target.completed(op, res, flags, false);
    }

    /** How many operations the kernel has. */
    int inFlight() {
        return ops.length - freeCount;
    }

    /** The operations that the kernel has. */
    Op[] all() {
        return Arrays.stream(ops).filter(op -> !op.isFree()).toArray(Op[]::new);
    }
}
