package io.evpl.xdr.compiler.maven;

import io.evpl.xdr.compiler.CompilerOptions;
import io.evpl.xdr.compiler.OutputFolder;
import io.evpl.xdr.compiler.XdrCompiler;
import io.evpl.xdr.compiler.syntax.XdrSyntaxException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/** What both goals have in common. */
abstract class GeneratingMojo extends AbstractMojo {
    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    private MavenProject project;

    /** The Java package of all files. If it is missing, a file's package is the folder that it is in, below sourceDirectory. */
    @Parameter(property = "xdr.packageName")
    private String packageName;

    /** Other packages for single files: {@code <packages><nfs3.x>org.example.nfs3</nfs3.x></packages>}. */
    @Parameter
    private Map<String, String> packages = new LinkedHashMap<>();

    /** Whether enums keep values that are not declared, unless the file says {@code @strict}. */
    @Parameter(property = "xdr.lenientEnums", defaultValue = "false")
    private boolean lenientEnums;

    /** Whether strings are kept as bytes instead of being decoded as UTF-8. */
    @Parameter(property = "xdr.stringsAsBytes", defaultValue = "false")
    private boolean stringsAsBytes;

    /** Whether nothing is done. */
    @Parameter(property = "xdr.skip", defaultValue = "false")
    private boolean skip;

    abstract File sourceDirectory();

    abstract File outputDirectory();

    abstract void addSourceRoot(String path);

    final MavenProject project() {
        return project;
    }

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("skipped");
            return;
        }
        try {
            Map<String, List<Path>> files = filesByPackage();
            Map<String, String> outputs = new LinkedHashMap<>();
            List<XdrSyntaxException.Fault> faults = new ArrayList<>();
            for (Map.Entry<String, List<Path>> each : files.entrySet()) {
                try {
                    outputs.putAll(XdrCompiler.compile(each.getValue(),
                            new CompilerOptions(each.getKey(), packages, lenientEnums, stringsAsBytes)));
                } catch (XdrSyntaxException e) {
                    faults.addAll(e.faults());
                }
            }
            report(faults);
            OutputFolder.Changes changes = new OutputFolder(outputDirectory().toPath()).replace(outputs);
            getLog().info(changes.written() + " files written, " + changes.unchanged() + " up to date, " + changes.deleted() + " deleted");
        } catch (IOException e) {
            throw new MojoExecutionException("XDR: " + e.getMessage(), e);
        }
        if (outputDirectory().exists()) {
            addSourceRoot(outputDirectory().getPath());
        }
    }

    private void report(List<XdrSyntaxException.Fault> faults) throws MojoFailureException {
        if (!faults.isEmpty()) {
            faults.forEach(fault -> getLog().error(fault.toString()));
            throw new MojoFailureException(faults.size() == 1 ? faults.get(0).toString()
                    : faults.size() + " errors in .x files, the first: " + faults.get(0));
        }
    }

    private Map<String, List<Path>> filesByPackage() throws IOException {
        Map<String, List<Path>> files = new TreeMap<>();
        Path root = sourceDirectory().toPath();
        if (!Files.isDirectory(root)) {
            return files;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            tree.filter(path -> path.toString().endsWith(".x") && Files.isRegularFile(path)).sorted()
                    .forEach(path -> files.computeIfAbsent(packageOf(root, path), name -> new ArrayList<>()).add(path));
        }
        return files;
    }

    private String packageOf(Path root, Path file) {
        if (packageName != null) {
            return packageName;
        }
        Path folder = root.relativize(file).getParent();
        return folder == null ? "" : folder.toString().replace(File.separatorChar, '.');
    }
}
