package io.evpl.examples.rpc;

import io.evpl.rpc2.check.Behaviour;
import io.evpl.rpc2.check.HostileServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Against a server that answers everything by an echo: right for NULL, wrong for most that is not. */
class RpcCheckCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HostileServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HostileServer.serve(Behaviour.named("echo").orElseThrow());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void rowsThatPassAreAVerdictAndExitZero() {
        assertEquals(0, run(target(), "--only", "T01,RS12"));
        assertTrue(out.toString().contains("  ok    T01      NULL "), out::toString);
        assertTrue(out.toString().endsWith("It conforms. 2 pass, 0 fail, 0 do not apply\n"), out::toString);
    }

    @Test
    void rowThatFailsSaysWhatWasSeenAndWhatIsRightAndExitsOne() {
        assertEquals(1, run(target(), "--only", "T07", "--timeout", "500"));
        assertTrue(out.toString().contains("ACCEPTED SUCCESS, not PROG_UNAVAIL"), out::toString);
        assertTrue(out.toString().contains("It does not conform. 0 pass, 1 fail"), out::toString);
    }

    @Test
    void rowsThatDoNotApplyAreOneLineWithTheReason() {
        assertEquals(1, run(target(), "--only", "RS8*"));
        assertTrue(out.toString().contains("rows RS80 to RS88: the program has no such arguments"), out::toString);
        assertTrue(out.toString().contains("Nothing was checked."), out::toString);
    }

    @Test
    void jsonHasAnEntryForEachRow() {
        assertEquals(0, run(target(), "--only", "T01", "--json"));
        assertTrue(out.toString().contains("\"passed\" : true"), out::toString);
        assertTrue(out.toString().contains("\"id\" : \"T01\""), out::toString);
    }

    @Test
    void tableHasAColumnForEachServer() {
        assertEquals(0, run("a=" + target(), "b=" + target(), "--table", "--timeout", "300"));
        assertTrue(out.toString().startsWith("| call | right | a | b |\n"), out::toString);
        assertEquals(24, out.toString().lines().count());
    }

    @Test
    void wrongCommandLinesAreNamed() {
        assertRefused("nothing to check");
        assertRefused("'nonsense' is not [NAME=]HOST:PORT[/PROGRAM[/VERSION]]", "nonsense");
        assertRefused("port 99999 is not in 1..65535", "localhost:99999");
        assertRefused("--program 4294967296 is not in 0..4294967295", "localhost:1", "--program", "4294967296");
        assertRefused("--behaviour 'ehco' is unknown", "--hostile", "0", "--behaviour", "ehco");
    }

    @Test
    void behavioursAreListed() {
        assertEquals(0, run("--list"));
        assertEquals(Behaviour.all().size(), out.toString().lines().count());
        assertFalse(out.toString().contains("_"), out::toString);
    }

    @Test
    void placesAreParsed() {
        assertEquals(new CheckPlace("nfs", "::1", 2049, 100_003, 3), CheckPlace.parse("nfs=[::1]:2049/100003/3"));
        assertEquals(new CheckPlace("host:111", "host", 111, -1, 0), CheckPlace.parse("host:111/4294967295"));
    }

    private void assertRefused(String message, String... args) {
        err.getBuffer().setLength(0);
        assertEquals(2, run(args));
        assertTrue(err.toString().contains(message), err::toString);
    }

    /** An echo says no range of versions: the program has to be named. */
    private String target() {
        return "127.0.0.1:" + server.address().getPort() + "/536871321/1";
    }

    private int run(String... args) {
        CommandLine command = new CommandLine(new RpcCheckCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(args);
    }
}
