package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.auth.AuthNone;
import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.AuthSys;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.xdr.XdrCodec;
import org.junit.jupiter.api.Test;

/** What is refused before anything is sent, with what it says. */
class SettingsTest {
    private static String refusal(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(RuntimeException.class, executable).getMessage();
    }

    @Test
    void proceduresBelongToTheirProgramAndAreThereOnce() {
        RpcProgram.Builder builder = RpcProgram.builder(Echo.PROGRAM, 1).procedure(Echo.TEXT, (v, call) -> call.reply(v));
        assertEquals("TEXT (541414992 v1 proc 6) has a handler already",
                refusal(() -> builder.procedure(Echo.TEXT, (v, call) -> call.reply(v))));
        assertEquals("TEXT (541414992 v1 proc 6) does not belong to program 541414992 v2",
                refusal(() -> RpcProgram.builder(Echo.PROGRAM, 2).procedure(Echo.TEXT, (v, call) -> call.reply(v))));
        assertThrows(NullPointerException.class, () -> builder.procedure(Echo.BUFFER, null));
    }

    @Test
    void proceduresAreFoundHoweverTheyAreNumbered() {
        RpcProgram.Builder builder = RpcProgram.builder(7, 1);
        int[] numbers = {0, 1, 127, 128, 99_999, Integer.MAX_VALUE, Integer.MIN_VALUE, -1};
        for (int number : numbers) {
            builder.procedure(new RpcProcedure<>(7, 1, number, "P", XdrCodec.VOID, XdrCodec.VOID), (_, call) -> call.drop());
        }
        RpcProgram program = builder.build();
        for (int number : numbers) {
            assertEquals(number, program.procedure(number).number());
        }
        assertNull(program.procedure(2));
        assertNull(program.procedure(-2));
    }

    @Test
    void programsAndFlavorsAreServedOnce() {
        RpcConfig.Builder twice = RpcConfig.builder().program(Echo.program()).program(Echo.program());
        assertTrue(refusal(twice::build).startsWith("two programs with one number and version"));
        assertEquals("flavor 0 is taken already",
                refusal(() -> RpcConfig.builder().serverAuth(AuthNone.SERVER).serverAuth(AuthNone.SERVER)));
    }

    @Test
    void rangesOfVersionsAreUnsigned() {
        ProgramTable table = new ProgramTable(java.util.List.of(RpcProgram.builder(7, 2).build(), RpcProgram.builder(7, -1).build(),
                RpcProgram.builder(7, Integer.MIN_VALUE).build(), RpcProgram.builder(8, 0).build()));
        assertEquals(2, table.lowestVersion(7));
        assertEquals(-1, table.highestVersion(7));
        assertEquals(0, table.lowestVersion(8));
        assertEquals(0, table.highestVersion(8));
    }

    @Test
    void limitsThatLetNobodyWorkAreRefused() {
        assertEquals("maxRecordBytes is 63; it must be at least 64", refusal(() -> RpcLimits.DEFAULT.withMaxRecordBytes(63)));
        assertEquals("maxFragments is 0; it must be at least 1", refusal(() -> RpcLimits.DEFAULT.withMaxFragments(0)));
        assertEquals("recordTimeoutNs is 0; it must be at least 1", refusal(() -> RpcLimits.DEFAULT.withRecordTimeoutNs(0)));
        assertEquals("maxOpenCalls is 0; it must be at least 1", refusal(() -> RpcLimits.DEFAULT.withOpen(0, 1)));
        assertEquals("maxPendingBytes is 0; it must be at least 1", refusal(() -> RpcLimits.DEFAULT.withPending(1, 0)));
        assertEquals("maxWaitingCalls is -1; it must be at least 0", refusal(() -> RpcLimits.DEFAULT.withMaxWaitingCalls(-1)));
        assertThrows(IllegalArgumentException.class, () -> new CallBudget(0, 1));
        assertThrows(IllegalArgumentException.class, () -> RpcConfig.builder().callTimeoutNs(0));
        assertThrows(IllegalArgumentException.class, () -> CallOptions.DEFAULT.withTimeoutNs(-1));
        assertEquals("a server needs loops: call group(...)", refusal(() -> RpcServer.builder().build()));
    }

    @Test
    void authenticatorsHaveTheirBounds() {
        assertThrows(IllegalArgumentException.class, () -> new OpaqueAuth(1, new byte[401]));
        assertEquals(400, new OpaqueAuth(1, new byte[400]).body().length);
        assertThrows(IllegalArgumentException.class, () -> new AuthSys("h", 0, 0, new int[17]));
        assertThrows(IllegalArgumentException.class, () -> new AuthSys("x".repeat(256), 0, 0).client());
        assertEquals("4294967295:0@h", new AuthSys("h", -1, 0).describe());
        assertEquals(new AuthSys("h", 1, 2, 3), new AuthSys("h", 1, 2, 3));
        assertNotEquals(new AuthSys("h", 1, 2, 3), new AuthSys("h", 1, 2, 4));
    }

    @Test
    void statesOfAuthenticationHaveTheirNumbers() {
        for (AuthStat stat : AuthStat.values()) {
            assertEquals(stat, AuthStat.of(stat.value()));
        }
        assertEquals(14, AuthStat.RPCSEC_GSS_CTXPROBLEM.value());
        assertEquals(AuthStat.AUTH_FAILED, AuthStat.of(15));
        assertEquals(AuthStat.AUTH_FAILED, AuthStat.of(-1));
    }
}
