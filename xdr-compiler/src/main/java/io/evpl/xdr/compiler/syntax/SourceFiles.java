package io.evpl.xdr.compiler.syntax;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the files are that another one includes. */
@FunctionalInterface
public interface SourceFiles {
    /** The largest file that is read, so that a path to something endless is refused. */
    long FILE_BYTES = 16 << 20;

    /**
     * The text of the file with this path; empty if there is none that can be read. The path is the including file's, with its last
     * name replaced.
     */
    Optional<String> find(String path);

    /** There are none. */
    static SourceFiles none() {
        return path -> Optional.empty();
    }

    /** The files of this machine, in UTF-8; what is not UTF-8 is replaced, as only comments may hold it. */
    static SourceFiles onDisk() {
        return path -> {
            try {
                Path file = Path.of(path);
                return Files.isRegularFile(file) && Files.size(file) <= FILE_BYTES
                        ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                        : Optional.empty();
            } catch (InvalidPathException | IOException e) {
                return Optional.empty();
            }
        };
    }

    /** The path of {@code name} as seen from {@code file}. */
    static String beside(String file, String name) {
        return file.substring(0, file.lastIndexOf('/') + 1) + name;
    }
}
