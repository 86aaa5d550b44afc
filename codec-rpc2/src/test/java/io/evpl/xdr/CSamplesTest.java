package io.evpl.xdr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.syntax.SpecificationReader;
import io.evpl.xdr.samples.Sample;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Byte by byte as C does it: rpcgen's code of the same samples.x, and libtirpc (Debian: rpcsvc-proto, libtirpc-dev, gcc). Without
 * them the tests are aborted with the reason, or fail if {@code -Devpl.require=all} is set.
 */
class CSamplesTest {
    private static final int VALUES = 10_000;
    private static final Path TIRPC = Path.of("/usr/include/tirpc");
    private static final int DEADLINE_S = 120;

    @TempDir
    private static Path folder;

    private final CodecCheck check = new CodecCheck();

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        require("rpcgen", Files.isExecutable(Path.of("/usr/bin/rpcgen")) && Files.isDirectory(Path.of("/usr/include/rpcsvc")));
        require("libtirpc-dev", Files.exists(TIRPC.resolve("rpc/rpc.h")));
        require("gcc", Files.isExecutable(Path.of("/usr/bin/gcc")));
        Files.copy(Path.of("src/test/xdr/samples.x"), folder.resolve("samples.x"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(Path.of("src/test/resources/c-samples.c"), folder.resolve("c-samples.c"), StandardCopyOption.REPLACE_EXISTING);
        run("rpcgen", "-N", "-h", "-o", "samples.h", "samples.x");
        run("rpcgen", "-N", "-c", "-o", "samples_xdr.c", "samples.x");
        // What rpcgen writes has unused variables; what is written by hand has none.
        run("gcc", "-O2", "-w", "-I" + TIRPC, "-c", "samples_xdr.c");
        run("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-I" + TIRPC, "-o", "c-samples", "c-samples.c", "samples_xdr.o", "-ltirpc");
    }

    @Test
    void whatJavaWritesCReadsAndWritesAlike() throws IOException, InterruptedException {
        Specification specification = SpecificationReader.read("samples.x", Files.readString(Path.of("src/test/xdr/samples.x")));
        Random random = new Random(4506);
        Path written = folder.resolve("java.bin");
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(written)))) {
            for (int i = 0; i < VALUES; i++) {
                byte[] wire = RandomWire.of(specification, "sample", random);
                Sample value = check.decoded(Sample.CODEC, wire);
                byte[] encoded = check.encoded(Sample.CODEC, value);
                Sample.CODEC.release(value);
                assertArrayEquals(wire, encoded, "value " + i);
                out.writeInt(encoded.length);
                out.write(encoded);
            }
        }
        Path reread = program(written, "reread");
        assertEquals(-1, Files.mismatch(written, reread));
    }

    @Test
    void whatCWritesJavaReadsAndWritesAlike() throws IOException, InterruptedException {
        Path made = program(null, "make", Integer.toString(VALUES));
        int values = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(made)))) {
            for (; in.available() > 0; values++) {
                byte[] wire = in.readNBytes(in.readInt());
                Sample value = check.decoded(Sample.CODEC, wire);
                assertArrayEquals(wire, check.encoded(Sample.CODEC, value), "value " + values);
                Sample.CODEC.release(value);
            }
        }
        assertEquals(VALUES, values);
    }

    private static Path program(Path input, String... arguments) throws IOException, InterruptedException {
        Path output = folder.resolve(arguments[0] + ".bin");
        String[] command = new String[arguments.length + 1];
        command[0] = folder.resolve("c-samples").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        finish(new ProcessBuilder(command).redirectInput(input == null ? Redirect.from(Path.of("/dev/null").toFile()) : Redirect.from(input.toFile()))
                .redirectOutput(output.toFile()));
        return output;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        finish(new ProcessBuilder(command).redirectOutput(folder.resolve("log").toFile()));
    }

    private static void finish(ProcessBuilder builder) throws IOException, InterruptedException {
        Path errors = folder.resolve("errors");
        Process process = builder.directory(folder.toFile()).redirectError(errors.toFile()).start();
        if (!process.waitFor(DEADLINE_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail(builder.command() + " does not end");
        }
        assertEquals(0, process.exitValue(), () -> builder.command() + ": " + text(errors));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void require(String what, boolean isThere) {
        if (!isThere && Arrays.asList(System.getProperty("evpl.require", "").split(",")).contains("all")) {
            fail("-Devpl.require=all, but there is no " + what);
        } else if (!isThere) {
            abort("no " + what);
        }
    }
}
