package io.evpl.rpc2;

import java.util.function.Consumer;

/** Calls by transaction id. Ids of one connection follow each other, so each has a place of its own almost always; nothing is allocated. */
final class PendingTable {
    private static final int FIRST_LENGTH = 64;

    private OutgoingCall<?, ?>[] places = new OutgoingCall<?, ?>[FIRST_LENGTH];
    private int size;

    int size() {
        return size;
    }

    /** Null if there is none. */
    OutgoingCall<?, ?> find(int xid) {
        OutgoingCall<?, ?> call = places[xid & places.length - 1];
        while (call != null && call.xid != xid) {
            call = call.next;
        }
        return call;
    }

    /** Its id must not be here. */
    void add(OutgoingCall<?, ?> call) {
        assert find(call.xid) == null : call.xid;
        if (size == places.length) {
            grow();
        }
        size++;
        place(call);
    }

    void remove(OutgoingCall<?, ?> call) {
        int at = call.xid & places.length - 1;
        if (places[at] == call) {
            places[at] = call.next;
        } else {
            OutgoingCall<?, ?> before = places[at];
            while (before.next != call) {
                before = before.next;
            }
            before.next = call.next;
        }
        call.next = null;
        size--;
    }

    /** Empties the table, each call to the consumer. */
    void removeAll(Consumer<OutgoingCall<?, ?>> consumer) {
        OutgoingCall<?, ?>[] old = places;
        places = new OutgoingCall<?, ?>[FIRST_LENGTH];
        size = 0;
        forEach(old, consumer);
    }

    private void grow() {
        OutgoingCall<?, ?>[] old = places;
        places = new OutgoingCall<?, ?>[2 * old.length];
        forEach(old, this::place);
    }

    private void place(OutgoingCall<?, ?> call) {
        int at = call.xid & places.length - 1;
        call.next = places[at];
        places[at] = call;
    }

    private static void forEach(OutgoingCall<?, ?>[] places, Consumer<OutgoingCall<?, ?>> consumer) {
        for (OutgoingCall<?, ?> first : places) {
            for (OutgoingCall<?, ?> call = first; call != null; ) {
                OutgoingCall<?, ?> next = call.next;
                call.next = null;
                consumer.accept(call);
                call = next;
            }
        }
    }
}
