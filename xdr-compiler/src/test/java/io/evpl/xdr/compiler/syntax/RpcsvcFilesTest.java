package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evpl.xdr.compiler.model.Specification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files that Debian's rpcsvc-proto brings for rpcgen, written over three decades by people who never saw this compiler. */
class RpcsvcFilesTest {
    private static final Path FOLDER = Path.of("/usr/include/rpcsvc");

    private static void requireFolder() {
        if (!Files.isDirectory(FOLDER)) {
            String missing = FOLDER + " is missing: sudo apt-get install rpcsvc-proto";
            if (System.getProperty("evpl.require") != null) {
                fail(missing);
            }
            assumeTrue(false, missing);
        }
    }

    private static Specification read(Path file) throws IOException {
        return SpecificationReader.read(file.toString(), Files.readString(file), false, SourceFiles.onDisk());
    }

    @Test
    void allAreRead() throws IOException {
        requireFolder();
        List<Path> files;
        try (Stream<Path> all = Files.list(FOLDER)) {
            files = all.filter(file -> file.toString().endsWith(".x")).sorted().toList();
        }
        assertEquals(17, files.size());
        for (Path file : files) {
            read(file);
        }
    }

    @Test
    void theLockManagerIsWhatItIs() throws IOException {
        requireFolder();
        Specification specification = read(FOLDER.resolve("nlm_prot.x"));
        assertEquals(100021, specification.programs().get(0).number());
        assertEquals(List.of(1, 3), specification.programs().get(0).versions().stream().map(version -> version.number()).toList());
    }
}
