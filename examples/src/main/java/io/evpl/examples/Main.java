package io.evpl.examples;

import io.evpl.examples.doctor.DoctorCommand;
import io.evpl.examples.perf.PerfCommand;
import io.evpl.examples.rpc.RpcCheckCommand;
import io.evpl.examples.xdr.XdrCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/**
 * What {@code ./evpl} starts: picks the command, and turns every failure into one line and an exit code.
 * 0 done, 1 it could not be done and the line says why, 2 the command line is wrong, {@value #EXIT_BUG} a bug of ours.
 */
@Command(name = "./evpl",
        description = "evpl for Netty: io_uring and epoll from pure Java",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DoctorCommand.class, EchoCommand.class, PerfCommand.class, RpcCheckCommand.class, XdrCommand.class})
public final class Main {
    /** EX_SOFTWARE of sysexits(3head): told apart from 1, so that a script does not take our bug for an answer. */
    static final int EXIT_BUG = 70;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--stacktrace", hidden = true, scope = ScopeType.INHERIT,
            description = "Show where a failure came from.")
    private boolean stacktrace;

    public static void main(String[] args) {
        System.exit(run(commandLine(), args));
    }

    static CommandLine commandLine() {
        Main main = new Main();
        return new CommandLine(main)
                .registerConverter(BackendName.class, BackendName::parse)
                .setParameterExceptionHandler(Main::wrongCommandLine)
                .setExecutionExceptionHandler((failure, command, parsed) -> main.failed(failure, command));
    }

    /** Runs one command line. picocli hands over exceptions only, and a class that fails to load is an Error. */
    static int run(CommandLine commandLine, String... args) {
        try {
            return commandLine.execute(args);
        } catch (LinkageError | AssertionError error) {
            Main main = commandLine.getCommand();
            return main.failed(error, lastCommand(commandLine));
        }
    }

    private int failed(Throwable failure, CommandLine command) {
        PrintWriter err = command.getErr();
        Throwable root = CommandFailure.rootOf(failure);
        boolean expected = failure instanceof CommandFailure || root instanceof IOException || isBadSetting(root);
        Throwable told = failure instanceof CommandFailure ? failure : root;
        err.printf("%s: %s%s%n", nameOf(command), expected ? "" : "internal failure: ", oneLine(told));
        if (stacktrace) {
            failure.printStackTrace(err);
        } else if (!expected) {
            err.printf("%s: the same command with --stacktrace shows where%n", nameOf(command));
        }
        err.flush();
        return expected ? ExitCode.SOFTWARE : EXIT_BUG;
    }

    private static int wrongCommandLine(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.printf("%s: %s%s%n", nameOf(command), oneLine(wrong), suggestion(wrong));
        err.printf("%s --help tells what it takes%n", nameOf(command));
        err.flush();
        return ExitCode.USAGE;
    }

    private static String suggestion(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        List<String> suggestions = unmatched.getSuggestions();
        return suggestions.isEmpty() ? "" : "; did you mean " + suggestions.getFirst() + "?";
    }

    /** The transport refuses a bad {@code -D} value by an IllegalArgumentException that begins with the key. */
    private static boolean isBadSetting(Throwable root) {
        return root instanceof IllegalArgumentException && String.valueOf(root.getMessage()).startsWith("-D");
    }

    private static CommandLine lastCommand(CommandLine root) {
        ParseResult parsed = root.getParseResult();
        return parsed == null ? root : parsed.asCommandLineList().getLast();
    }

    /** The type is part of the line where the message alone would be a riddle ("null", "Index 3"). */
    private static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        boolean clear = failure instanceof CommandFailure || failure instanceof ParameterException
                || isBadSetting(failure);
        String line = clear ? message : message == null ? failure.getClass().getSimpleName()
                : failure.getClass().getSimpleName() + ": " + message;
        return line.lines().findFirst().orElse("");
    }

    private static String nameOf(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }
}
