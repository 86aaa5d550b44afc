package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Behaviour.Ending;
import io.evpl.rpc2.check.Behaviour.Fate;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each behaviour is what its name promises, seen by a client of raw bytes. */
class HostileServerTest {
    private static final int PATIENCE_MS = 5_000;
    private static final int FIRST = 0x11;
    private static final int SECOND = 0x22;
    private static final byte[] ARGUMENTS = new Shapes.Bytes().bytes();

    @TestFactory
    Stream<DynamicTest> behaviourIsAsNamed() {
        return Behaviour.matrix().stream().map(behaviour -> DynamicTest.dynamicTest(behaviour.toString(), () -> {
            try (HostileServer server = HostileServer.serve(behaviour)) {
                verify(behaviour, server);
                assertEquals(List.of(), server.faults());
            }
        }));
    }

    private static void verify(Behaviour behaviour, HostileServer server) throws Exception {
        try (RecordSocket client = connect(server)) {
            if (behaviour.name().equals(HostileServer.CLOSE_ON_ACCEPT)) {
                assertThrows(IOException.class, () -> client.read(PATIENCE_MS));
                return;
            }
            call(client, FIRST);
            ReceivedCall received = server.nextCall(PATIENCE_MS);
            assertNotNull(received);
            assertArrayEquals(ARGUMENTS, received.arguments());
            if (behaviour.fate() == Fate.GONE && !behaviour.name().equals("huge-mark")) {
                assertThrows(EOFException.class, () -> client.read(PATIENCE_MS));
                return;
            }
            if (!behaviour.name().equals("huge-mark")) {
                first(behaviour, client);
                second(behaviour, client);
            }
        }
    }

    private static void first(Behaviour behaviour, RecordSocket client) throws IOException {
        byte[] record = client.read(PATIENCE_MS);
        if (behaviour.name().equals("a-call-first")) {
            assertEquals(Outcome.Kind.MALFORMED, Outcome.ofReply(record).kind());
            record = client.read(PATIENCE_MS);
        }
        Outcome outcome = Outcome.ofReply(record).of(FIRST);
        assertEquals(behaviour.ending() == Ending.SUCCESS, isRight(outcome), outcome::toString);
        if (behaviour.name().equals("twice")) {
            assertTrue(isRight(Outcome.ofReply(client.read(PATIENCE_MS)).of(FIRST)));
        }
    }

    private static void second(Behaviour behaviour, RecordSocket client) throws IOException {
        call(client, SECOND);
        assertTrue(isRight(Outcome.ofReply(client.read(PATIENCE_MS)).of(SECOND)));
        if (behaviour.ending() == Ending.SUCCESS_AFTER_THE_NEXT) {
            assertTrue(isRight(Outcome.ofReply(client.read(PATIENCE_MS)).of(FIRST)));
        }
    }

    private static boolean isRight(Outcome outcome) {
        return outcome.kind() == Outcome.Kind.SUCCESS && Arrays.equals(ARGUMENTS, outcome.results());
    }

    private static RecordSocket connect(HostileServer server) throws IOException {
        return new RecordSocket(new Socket(server.address().getAddress(), server.address().getPort()));
    }

    private static void call(RecordSocket client, int xid) throws IOException {
        client.write(RecordBytes.whole(new RawCall(xid, Shapes.PROGRAM, Shapes.VERSION, Shapes.ECHO_BYTES)
                .credential(RawCall.AUTH_SYS, RawCall.authSys(0, "abc", 0, -1, 5)).arguments(ARGUMENTS).bytes()), Delivery.ONE_WRITE);
    }

    @Test
    void namesAreUniqueAndEveryRequirementHasOne() {
        List<String> names = Behaviour.all().stream().map(Behaviour::name).toList();
        assertEquals(names.size(), names.stream().distinct().count());
        assertEquals("RC01 RC02 RC03 RC04 RC05 RC06 RC07 RC08 RC09 RC10 RC11 RC12 RC13 RC14 RC15 RC16 RC17 RC18 RC19 RC20 RC21 RC22 "
                + "RC30", Behaviour.all().stream().map(Behaviour::id).distinct().sorted().collect(Collectors.joining(" ")));
        assertTrue(Behaviour.named("echo").isPresent());
        assertFalse(Behaviour.named("ehco").isPresent());
    }

    @Test
    void credentialOfACallIsSeenAsItWasSent_RC23() throws Exception {
        try (HostileServer server = HostileServer.serve(Behaviour.named("echo").orElseThrow()); RecordSocket client = connect(server)) {
            call(client, FIRST);
            ReceivedCall call = server.nextCall(PATIENCE_MS);
            assertEquals(RawCall.AUTH_SYS, call.credentialFlavor());
            assertArrayEquals(RawCall.authSys(0, "abc", 0, -1, 5), call.credential());
            assertEquals(RawCall.AUTH_NONE, call.verifierFlavor());
        }
    }

    @Test
    void callThatIsNoCallIsNoted() throws Exception {
        try (HostileServer server = HostileServer.serve(Behaviour.named("echo").orElseThrow())) {
            try (RecordSocket client = connect(server)) {
                client.write(RecordBytes.whole(new RawXdr().ints(FIRST, 0, 3).bytes()), Delivery.ONE_WRITE);
                call(client, SECOND);
                assertNotNull(server.nextCall(PATIENCE_MS));
            }
            assertEquals(List.of("a message that another rpcvers than 2"), server.faults());
        }
    }
}
