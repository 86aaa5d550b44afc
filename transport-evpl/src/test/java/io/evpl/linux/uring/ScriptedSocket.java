package io.evpl.linux.uring;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A stream socket of a {@link ScriptedKernel}: the test is its peer. Sends are taken whole, at once, and copied. */
public final class ScriptedSocket {
    private static final int POLLIN = 1;
    private static final int POLLRDHUP = 0x2000;
    private static final int OPEN = 1;

    private final List<Submission> receives = new ArrayList<>();
    private final List<Submission> polls = new ArrayList<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private byte[] arrived = {};
    private int end = OPEN;

    ScriptedSocket() {
    }

    void submitted(Submission operation) {
        switch (operation.opcode()) {
            case UringAbi.OP_RECV -> {
                receives.add(operation);
                receive();
            }
            case UringAbi.OP_POLL_ADD -> {
                polls.add(operation);
                poll();
            }
            case UringAbi.OP_SEND, UringAbi.OP_SENDMSG -> {
                byte[] payload = operation.payload();
                sent.writeBytes(payload);
                operation.complete(payload.length);
            }
            case UringAbi.OP_SEND_ZC, UringAbi.OP_SENDMSG_ZC -> {
                byte[] payload = operation.payload();
                sent.writeBytes(payload);
                operation.completeBeforeNotification(payload.length);
                operation.notifySent(true);
            }
            default -> throw new AssertionError("a scripted socket does not know " + operation);
        }
    }

    /** The peer sends. */
    public void arrives(byte[] data) {
        byte[] all = new byte[arrived.length + data.length];
        System.arraycopy(arrived, 0, all, 0, arrived.length);
        System.arraycopy(data, 0, all, arrived.length, data.length);
        arrived = all;
        receive();
        poll();
    }

    /** The peer ends its stream. */
    public void ends() {
        end = 0;
        receive();
        poll();
    }

    /** Receives fail from now on. @param result -errno */
    public void fails(int result) {
        end = result;
        receive();
        poll();
    }

    /** What was sent since the last call. */
    public byte[] takeSent() {
        byte[] all = sent.toByteArray();
        sent.reset();
        return all;
    }

    private void receive() {
        receives.removeIf(operation -> !operation.isInFlight());
        while (!receives.isEmpty() && (arrived.length > 0 || end != OPEN)) {
            Submission operation = receives.get(0);
            if (arrived.length > 0) {
                int taken = operation.receive(arrived);
                byte[] rest = new byte[arrived.length - taken];
                System.arraycopy(arrived, taken, rest, 0, rest.length);
                arrived = rest;
            } else {
                operation.complete(end);
            }
            receives.removeIf(one -> !one.isInFlight());
        }
    }

    private void poll() {
        int ready = (arrived.length > 0 || end != OPEN ? POLLIN : 0) | (end != OPEN ? POLLRDHUP : 0);
        for (Submission operation : List.copyOf(polls)) {
            if (operation.isInFlight() && (operation.opFlags() & ready) != 0) {
                operation.complete(operation.opFlags() & ready, operation.isMultishot() ? UringAbi.CQE_F_MORE : 0);
            }
        }
        polls.removeIf(operation -> !operation.isInFlight());
    }
}
