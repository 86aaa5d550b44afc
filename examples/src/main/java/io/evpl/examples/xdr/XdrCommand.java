package io.evpl.examples.xdr;

import io.evpl.xdr.compiler.CompilerOptions;
import io.evpl.xdr.compiler.OutputFolder;
import io.evpl.xdr.compiler.XdrCompiler;
import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.syntax.XdrSyntaxException;
import io.evpl.xdr.compiler.syntax.XdrSyntaxException.Fault;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes Java of .x files, or says what is wrong with them: each fault with its line, and a mark below the place. */
@Command(name = "xdr", description = "Makes Java of .x files: records, unions, enums, RPC clients and servers (RFC 4506, RFC 5531).",
        footer = {"", "Examples:", "  ./evpl xdr calculator.x -d src/main/java -p org.example.calculator", "  ./evpl xdr --check *.x"})
public final class XdrCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE.x", arity = "1..*", description = "What to compile. Files that they include are looked for beside them.")
    private List<Path> files;

    @Option(names = {"-d", "--directory"}, paramLabel = "DIR", description = "Where the Java files go: the root of their packages.")
    private Path directory;

    @Option(names = {"-p", "--package"}, paramLabel = "NAME", description = "The Java package (default: none).")
    private String packageName = "";

    @Option(names = "--lenient", description = "Enums keep values that are not declared, unless the file says @strict.")
    private boolean lenient;

    @Option(names = "--strings-as-bytes", description = "Strings are bytes, for names that need not be UTF-8.")
    private boolean stringsAsBytes;

    @Option(names = "--check", description = "Write nothing; say only what is wrong.")
    private boolean check;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Override
    public Integer call() throws IOException {
        if (!check && directory == null) {
            throw new ParameterException(spec.commandLine(), "where the Java files go is missing: -d DIR, or --check for none");
        }
        PrintWriter out = spec.commandLine().getOut();
        Map<String, String> outputs;
        try {
            outputs = XdrCompiler.compile(files, new CompilerOptions(packageName, Map.of(), lenient, stringsAsBytes));
        } catch (XdrSyntaxException e) {
            report(e.faults());
            return ExitCode.SOFTWARE;
        }
        if (check) {
            out.printf("%d %s, nothing wrong%n", files.size(), files.size() == 1 ? "file" : "files");
        } else {
            OutputFolder.Changes changes = new OutputFolder(directory).add(outputs);
            out.printf("%d Java files in %s: %d written, %d up to date%n", outputs.size(), directory, changes.written(), changes.unchanged());
        }
        out.flush();
        return ExitCode.OK;
    }

    private void report(List<Fault> faults) {
        PrintWriter err = spec.commandLine().getErr();
        for (Fault fault : faults) {
            err.println(fault);
            String line = lineOf(fault.position());
            if (line != null) {
                err.println("    " + line);
                err.println("    " + mark(line, fault.position().column()));
            }
        }
        err.flush();
    }

    /** Null if the file cannot be read any more. */
    private static String lineOf(SourcePosition position) {
        try {
            List<String> lines = new String(Files.readAllBytes(Path.of(position.file())), StandardCharsets.UTF_8).lines().toList();
            return position.line() <= lines.size() ? lines.get(position.line() - 1) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Tabs stay tabs, so that the mark is below its place whatever they are shown as. */
    private static String mark(String line, int column) {
        StringBuilder blanks = new StringBuilder();
        for (int i = 0; i < column - 1; i++) {
            blanks.append(i < line.length() && line.charAt(i) == '\t' ? '\t' : ' ');
        }
        return blanks.append('^').toString();
    }
}
