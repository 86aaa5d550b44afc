package io.evpl.xdr.compiler.maven;

import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import java.io.File;

/** Generates Java from the project's .x files, and adds it to what is compiled. */
@Mojo(name = "generate", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class GenerateMojo extends GeneratingMojo {
    /** Where the .x files are, in folders too. */
    @Parameter(defaultValue = "${project.basedir}/src/main/xdr")
    private File sourceDirectory;

    /** Where the Java files go. What is not generated any more is deleted. */
    @Parameter(defaultValue = "${project.build.directory}/generated-sources/xdr")
    private File outputDirectory;

    @Override
    File sourceDirectory() {
        return sourceDirectory;
    }

    @Override
    File outputDirectory() {
        return outputDirectory;
    }

    @Override
    void addSourceRoot(String path) {
        project().addCompileSourceRoot(path);
    }
}
