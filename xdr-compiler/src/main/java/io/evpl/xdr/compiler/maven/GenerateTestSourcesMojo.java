package io.evpl.xdr.compiler.maven;

import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import java.io.File;

/** Generates Java from the .x files of the tests, and adds it to the tests. */
@Mojo(name = "generate-test-sources", defaultPhase = LifecyclePhase.GENERATE_TEST_SOURCES, threadSafe = true)
public final class GenerateTestSourcesMojo extends GeneratingMojo {
    /** Where the .x files are, in folders too. */
    @Parameter(defaultValue = "${project.basedir}/src/test/xdr")
    private File sourceDirectory;

    /** Where the Java files go. What is not generated any more is deleted. */
    @Parameter(defaultValue = "${project.build.directory}/generated-test-sources/xdr")
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
        project().addTestCompileSourceRoot(path);
    }
}
