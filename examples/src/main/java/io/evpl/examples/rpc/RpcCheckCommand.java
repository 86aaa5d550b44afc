package io.evpl.examples.rpc;

import io.evpl.examples.CommandFailure;
import io.evpl.examples.Terminal;
import io.evpl.rpc2.check.Behaviour;
import io.evpl.rpc2.check.CheckOptions;
import io.evpl.rpc2.check.ConformanceCheck;
import io.evpl.rpc2.check.Finding;
import io.evpl.rpc2.check.Report;
import io.evpl.rpc2.check.TargetFinder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** {@code ./evpl rpc-check}: calls an ONC RPC server as it must not be called, and says what it makes of it. */
@Command(name = "rpc-check",
        description = "Whether an ONC RPC server does as the standards say: any server, by odd calls to its NULL procedure; one of "
                + "conformance.x by all of its arguments too. With --hostile the other way round: a server to try clients on.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all rows that apply pass", "1:one fails, or there is nobody", "2:the command line is wrong"},
        footer = {"", "Examples:",
            "  rpcbind itself, and what is registered there:",
            "    ./evpl rpc-check 127.0.0.1:111",
            "  NFS at the port that rpcbind tells, record marking only:",
            "    ./evpl rpc-check 127.0.0.1:111 --program 100003 --only 'RS3*'",
            "  Two servers side by side, as Markdown:",
            "    ./evpl rpc-check --table a=host1:2049 b=host2:2049/100003/3",
            "  A server that sends each connection's first reply twice:",
            "    ./evpl rpc-check --hostile 7111 --behaviour twice"})
public final class RpcCheckCommand implements Callable<Integer> {
    private static final String CLEAR_LINE = "\r\u001b[K"; // ECMA-48 EL
    private static final int RPCBIND_PORT = 111;
    private static final int MAX_PORT = 65_535;

    @Parameters(paramLabel = "TARGET", arity = "0..*", description = "[NAME=]HOST:PORT[/PROGRAM[/VERSION]]")
    private List<String> targets = List.of();

    @Option(names = "--program", paramLabel = "N", description = "Program to call (default: the first well-known one that is there).")
    private Long program;

    @Option(names = "--version", paramLabel = "V", description = "Version of it (default: the highest that it says it has).")
    private Long version;

    @Option(names = "--procedure", paramLabel = "P", defaultValue = "1",
            description = "A procedure that takes arguments, called without (default: ${DEFAULT-VALUE}).")
    private int procedure;

    @Option(names = "--conformance", description = "It serves the program of conformance.x: check arguments and values too.")
    private boolean conformance;

    @Option(names = "--udp", description = "Over UDP.")
    private boolean udp;

    @Option(names = "--message-limit", paramLabel = "BYTES", description = "Its longest message: with this, RS37 applies.")
    private Integer messageLimit;

    @Option(names = "--only", paramLabel = "IDS", split = ",", description = "These requirements only: 'RS1*', T06.")
    private List<String> only = List.of();

    @Option(names = "--timeout", paramLabel = "MS", defaultValue = "2000",
            description = "How long an answer may take (default: ${DEFAULT-VALUE}).")
    private int timeoutMs;

    @Option(names = "--rows", description = "A line for each row, not for each requirement.")
    private boolean rows;

    @Option(names = "--table", description = "Only the 21 odd calls, side by side, as Markdown; the exit code is 0.")
    private boolean table;

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Option(names = "--hostile", paramLabel = "PORT", description = "Be a hostile server on this port of loopback, 0 = any free one.")
    private Integer hostilePort;

    @Option(names = "--behaviour", paramLabel = "NAME", defaultValue = "echo",
            description = "What it does to each connection's first call (default: ${DEFAULT-VALUE}, which is right).")
    private String behaviour;

    @Option(names = "--list", description = "List the behaviours.")
    private boolean list;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (list) {
            listBehaviours();
            return 0;
        }
        if (hostilePort != null) {
            require(hostilePort >= 0 && hostilePort <= MAX_PORT, "--hostile " + hostilePort + " is not in 0.." + MAX_PORT);
            new HostileRun(chosenBehaviour(), hostilePort, spec.commandLine().getOut()).run();
            return 0;
        }
        List<CheckPlace> places = places();
        List<Report> reports = new ArrayList<>();
        for (CheckPlace place : places) {
            reports.add(check(place));
        }
        print(places, reports);
        return table || reports.stream().allMatch(Report::passed) ? 0 : 1;
    }

    private List<CheckPlace> places() {
        require(!targets.isEmpty(), "nothing to check: name a server as HOST:PORT, or be one with --hostile PORT");
        require(timeoutMs > 0, "--timeout " + timeoutMs + " is not more than 0");
        try {
            return targets.stream().map(CheckPlace::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Behaviour chosenBehaviour() {
        return Behaviour.named(behaviour).orElseThrow(() -> new ParameterException(spec.commandLine(),
                "--behaviour '" + behaviour + "' is unknown; --list tells what there is"));
    }

    private void require(boolean fact, String otherwise) {
        if (!fact) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private Report check(CheckPlace place) throws CommandFailure {
        InetSocketAddress address = place.address();
        if (address.isUnresolved()) {
            throw new CommandFailure(place.host() + " has no address: neither DNS nor /etc/hosts knows it", null);
        }
        CheckOptions options = options(place);
        Progress progress = new Progress(ConformanceCheck.count(options));
        try {
            return ConformanceCheck.run(address, options.withProgress(progress::next));
        } catch (IOException e) {
            throw new CommandFailure("cannot check " + place.host() + ":" + place.port() + ": " + e.getMessage(), e);
        } finally {
            progress.clear();
        }
    }

    private CheckOptions options(CheckPlace place) {
        CheckOptions kind = conformance ? CheckOptions.conformanceProgram() : CheckOptions.generic().withArgumentProcedure(procedure);
        int number = word("--program", program, place.program() != 0 ? place.program() : kind.program());
        int itsVersion = word("--version", version, place.version() != 0 ? place.version() : kind.version());
        return kind.withProgram(number, itsVersion).withUdp(udp).withPatienceMs(timeoutMs)
                .withMessageLimitBytes(messageLimit == null ? kind.messageLimitBytes() : messageLimit)
                .withOnly(table ? List.of("T*") : only);
    }

    private int word(String option, Long value, int otherwise) {
        require(value == null || value >= 0 && value <= 0xffff_ffffL, option + " " + value + " is not in 0..4294967295");
        return value == null ? otherwise : value.intValue();
    }

    private void print(List<CheckPlace> places, List<Report> reports) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<String> names = places.stream().map(CheckPlace::name).toList();
        if (json) {
            out.print(CheckJson.render(names, reports));
        } else if (table) {
            out.print(OddCallTable.render(names, reports));
        } else {
            CheckText text = new CheckText(Terminal.wantsColour(), rows);
            for (int i = 0; i < reports.size(); i++) {
                out.print((i == 0 ? "" : "\n") + text.render(reports.get(i)));
                registered(out, places.get(i));
            }
        }
        out.flush();
    }

    /** At rpcbind's port: what else could be checked. */
    private void registered(PrintWriter out, CheckPlace place) throws IOException {
        if (place.port() == RPCBIND_PORT && program == null && place.program() == 0) {
            String programs = new TargetFinder(place.address(), options(place)).registrations().stream()
                    .map(TargetFinder.Registration::program).distinct().sorted(Integer::compareUnsigned)
                    .map(Integer::toUnsignedString).collect(Collectors.joining(", "));
            out.printf("Registered there: %s; --program N checks one of them.%n", programs);
        }
    }

    private void listBehaviours() {
        PrintWriter out = spec.commandLine().getOut();
        for (Behaviour each : Behaviour.all()) {
            out.printf("%-5s %-28s call: %s, connection: %s%n", each.id(), each.name(), words(each.ending()), words(each.fate()));
        }
        out.flush();
    }

    private static String words(Enum<?> constant) {
        return Arrays.stream(constant.name().split("_")).map(word -> word.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }

    /** One line that is rewritten, on a terminal only. */
    private static final class Progress {
        private final int total;
        private int done;

        Progress(int total) {
            this.total = total;
        }

        void next(Finding finding) {
            done++;
            if (Terminal.isOutput()) {
                System.err.print(CLEAR_LINE + done + "/" + total + " " + finding.id() + " " + finding.name());
                System.err.flush();
            }
        }

        void clear() {
            if (Terminal.isOutput()) {
                System.err.print(CLEAR_LINE);
                System.err.flush();
            }
        }
    }
}
