package io.evpl.xdr.compiler.maven;

import java.io.File;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Generates Java from the project's .x files. */
@Mojo(name = "generate", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class GenerateMojo extends AbstractMojo {
    /** Where the .x files are. */
    @Parameter(defaultValue = "${project.basedir}/src/main/xdr")
    private File sourceDirectory;

    @Override
    public void execute() throws MojoExecutionException {
        getLog().info("xdr " + sourceDirectory);
    }
}
