package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.evpl.rpc2.auth.AuthNone;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PendingTableTest {
    private final PendingTable table = new PendingTable();

    private static OutgoingCall<?, ?> call(int xid) {
        return new OutgoingCall<>(null, Echo.NULL, null, AuthNone.CLIENT, Long.MAX_VALUE, false, xid);
    }

    @Test
    void itIsAMapOfIdsWhateverTheyAre() {
        Map<Integer, OutgoingCall<?, ?>> model = new HashMap<>();
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            int xid = random.nextInt(300) * (i % 3 == 0 ? 64 : 1) - 100;
            OutgoingCall<?, ?> known = model.remove(xid);
            assertSame(known, table.find(xid));
            if (known == null) {
                OutgoingCall<?, ?> call = call(xid);
                model.put(xid, call);
                table.add(call);
            } else {
                table.remove(known);
                assertNull(table.find(xid));
            }
            assertEquals(model.size(), table.size());
        }
        Set<OutgoingCall<?, ?>> rest = new HashSet<>();
        table.removeAll(rest::add);
        assertEquals(new HashSet<>(model.values()), rest);
        assertEquals(0, table.size());
    }
}
