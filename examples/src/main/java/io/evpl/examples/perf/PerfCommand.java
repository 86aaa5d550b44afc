package io.evpl.examples.perf;

import io.evpl.examples.CommandFailure;
import io.evpl.examples.perf.child.ChildFailure;
import io.evpl.examples.perf.memory.MemoryContest;
import io.evpl.examples.perf.memory.MemoryPlan;
import io.evpl.examples.perf.memory.MemoryReport;
import io.evpl.examples.perf.report.HtmlReport;
import io.evpl.examples.perf.report.JsonReport;
import io.evpl.examples.perf.report.Machine;
import io.evpl.examples.perf.report.Results;
import io.evpl.examples.perf.report.TerminalReport;
import io.evpl.examples.perf.soak.SoakOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code evpl perf}: evpl and its peers under the same load, on this machine, now. */
@Command(name = "perf", sortOptions = false, usageHelpAutoWidth = true,
        description = {"Measures evpl against Netty's own transports on this machine.",
            "Without options: four rows (1 and 64 connections, pipelining, bulk) over everything that runs here, in about a minute."},
        footer = {"", "Sizes: 64, 64k, 1m. Server and load generator are separate JVMs on loopback, but for inproc;",
            "rounds of all transports are interleaved. Lost datagrams are counted and no failure.",
            "Exit code: 0 if all that was asked for was measured, 1 if not, 2 for a wrong option."})
public final class PerfCommand implements Callable<Integer> {
    private static final int MEASURED = 0;
    private static final int NOT_ALL_MEASURED = 1;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Mixin
    private PerfOptions options;

    @Mixin
    private SoakOptions soak;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, IOException, InterruptedException {
        if (soak.asked()) {
            return soak.run(checked(options::soakSeconds));
        }
        checked(() -> {
            soak.refuseWithoutSoak();
            return true;
        });
        PrintWriter out = spec.commandLine().getOut();
        if (options.memory()) {
            return measureMemory(out);
        }
        PerfPlan plan = checked(options::plan);
        try (Contest contest = new Contest(plan, new Progress(System.err))) {
            Results results = contest.run();
            out.print(TerminalReport.render(results));
            write(plan.json(), JsonReport.render(results), out);
            write(plan.html(), HtmlReport.render(results), out);
            out.flush();
            return results.failed() ? NOT_ALL_MEASURED : MEASURED;
        } catch (ChildFailure e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private int measureMemory(PrintWriter out) throws CommandFailure, IOException, InterruptedException {
        MemoryPlan plan = checked(options::memoryPlan);
        Progress progress = new Progress(System.err);
        try {
            MemoryReport report = new MemoryReport(Machine.here(), plan, new MemoryContest(plan, progress::note).run());
            progress.clear();
            out.print(report.table());
            write(plan.json(), report.json(), out);
            out.flush();
            return report.failed() ? NOT_ALL_MEASURED : MEASURED;
        } catch (ChildFailure e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private <T> T checked(Supplier<T> plan) {
        try {
            return plan.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private static void write(Path file, String content, PrintWriter out) throws IOException {
        if (file != null) {
            Files.writeString(file, content);
            out.println("wrote " + file);
        }
    }
}
