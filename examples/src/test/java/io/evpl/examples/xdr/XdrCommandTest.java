package io.evpl.examples.xdr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class XdrCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... args) {
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        return new CommandLine(new XdrCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(words);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void javaIsWrittenOnceAndThenUpToDate() throws IOException {
        Path x = file("calc.x", "struct pair { int a; int b; };\nprogram CALC { version V { int ADD(pair) = 1; } = 1; } = 0x20000001;\n");
        assertEquals(0, run(x, "-d", folder.resolve("out"), "-p", "org.example"), err::toString);
        assertTrue(Files.readString(folder.resolve("out/org/example/Pair.java")).contains("public record Pair(int a, int b)"));
        assertTrue(Files.exists(folder.resolve("out/org/example/CalcV1.java")));
        assertTrue(out.toString().contains("2 written, 0 up to date"), out::toString);
        assertEquals(0, run(x, "-d", folder.resolve("out"), "-p", "org.example"), err::toString);
        assertTrue(out.toString().contains("0 written, 2 up to date"), out::toString);
    }

    @Test
    void aFaultHasItsLineAndAMarkBelowThePlace() throws IOException {
        Path x = file("wrong.x", "struct s {\n\tint a;\n\tfooo b;\n};\n");
        assertEquals(1, run(x, "--check"));
        assertEquals(x + ":3:2: found the unknown type fooo, expected one that is defined\n    \tfooo b;\n    \t^\n", err.toString());
    }

    @Test
    void checkWritesNothing() throws IOException {
        Path x = file("right.x", "const A = 1;\n");
        assertEquals(0, run(x, "--check"));
        assertEquals("1 file, nothing wrong\n", out.toString());
        assertFalse(Files.exists(folder.resolve("RightConstants.java")));
    }

    @Test
    void withoutAFolderItSaysWhatIsMissing() throws IOException {
        assertEquals(2, run(file("a.x", "const A = 1;\n")));
        assertTrue(err.toString().startsWith("where the Java files go is missing: -d DIR, or --check for none"), err::toString);
    }
}
