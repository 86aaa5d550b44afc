package io.evpl.examples;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MainTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @Test
    void unknownOptionIsNamedWithTheOneThatWasMeant() {
        assertEquals(2, run("doctor", "--jsn"));
        assertTrue(err.toString().startsWith("./evpl doctor: Unknown option: '--jsn'; did you mean --json?\n"), err::toString);
    }

    @Test
    void unknownCommandIsNamedWithTheOneThatWasMeant() {
        assertEquals(2, run("ecoh"));
        assertTrue(err.toString().contains("'ecoh'; did you mean echo?"), err::toString);
    }

    @Test
    void everyCommandHasHelp() {
        for (String name : Main.commandLine().getSubcommands().keySet()) {
            assertEquals(0, run(name, "--help"), name);
            assertTrue(out.toString().contains("Usage: ./evpl " + name), out::toString);
        }
    }

    @Test
    void ioFailureIsOneLineAndExitOne() {
        assertEquals(1, runFailing(new IOException("disk on fire")));
        assertEquals("./evpl probe: IOException: disk on fire\n", err.toString());
    }

    @Test
    void bugIsOneLineItsOwnExitCodeAndTheWayToItsTrace() {
        assertEquals(Main.EXIT_BUG, runFailing(new RuntimeException("outer", new IllegalStateException("inner"))));
        assertTrue(err.toString().startsWith("./evpl probe: internal failure: IllegalStateException: inner\n"), err::toString);
        assertTrue(err.toString().contains("--stacktrace"), err::toString);
        assertFalse(err.toString().contains("\tat "), err::toString);
    }

    @Test
    void stacktraceShowsTheTrace() {
        assertEquals(1, runFailing(new IOException("disk on fire"), "--stacktrace"));
        assertTrue(err.toString().contains("\tat "), err::toString);
    }

    @Test
    void badSystemPropertyIsTheUsersNotABug() {
        assertEquals(1, runFailing(new ExceptionInInitializerError(new IllegalArgumentException("-Dio.evpl.backend=x: unknown"))));
        assertEquals("./evpl probe: -Dio.evpl.backend=x: unknown\n", err.toString());
    }

    @Test
    void classThatDoesNotLoadIsOneLineToo() {
        assertEquals(Main.EXIT_BUG, runFailing(new UnsatisfiedLinkError("no libc")));
        assertTrue(err.toString().contains("UnsatisfiedLinkError: no libc"), err::toString);
    }

    private int run(String... args) {
        return run(Main.commandLine(), args);
    }

    private int runFailing(Throwable failure, String... args) {
        CommandLine commandLine = Main.commandLine().addSubcommand(new Failing(failure));
        String[] all = new String[args.length + 1];
        all[0] = "probe";
        System.arraycopy(args, 0, all, 1, args.length);
        return run(commandLine, all);
    }

    private int run(CommandLine commandLine, String... args) {
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return Main.run(commandLine, args);
    }

    @Command(name = "probe")
    private record Failing(Throwable failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            switch (failure) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                default -> throw new AssertionError(failure);
            }
        }
    }
}
