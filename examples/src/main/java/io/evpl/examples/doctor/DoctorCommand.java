package io.evpl.examples.doctor;

import io.evpl.examples.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** {@code ./evpl doctor}: asks the transport, the kernel and the JVM, and prints what they say. */
@Command(name = "doctor",
        description = "What this machine offers evpl, what is missing, and the command that mends it.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:a backend works here", "1:none does", "70:a bug in doctor"})
public final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Report report = examine(Transport.probe(), LinuxFiles.ofThisMachine());
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? JsonReport.render(report) : new TextReport(Terminal.wantsColour()).render(report));
        out.flush();
        return report.usable() ? 0 : 1;
    }

    static Report examine(Transport transport, LinuxFiles files) {
        Container container = Container.detect(files);
        List<Section> machine = List.of(
                new KernelChecks(files, container, transport.ringUsable()).section(),
                new LimitChecks(files, container).section(),
                new CpuChecks(files).section(),
                new MemoryChecks(files).section(),
                JvmChecks.section(),
                new DeviceChecks(files).section());
        return new Report(transport.summary(), transport.usable(),
                Stream.concat(transport.sections().stream(), machine.stream()).toList());
    }
}
