package io.evpl.examples;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every whole class that the documentation shows compiles against the modules. */
class DocExamplesTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    /** A block that imports is meant to be copied whole; others are fragments. */
    private static final Pattern CLASS = Pattern.compile("^(?:import |package ).*?\\bpublic final class (\\w+)", Pattern.DOTALL);

    private static final class Example extends SimpleJavaFileObject {
        private final String source;

        Example(String className, String source) {
            super(URI.create("string:///" + className + Kind.SOURCE.extension), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }

    @Test
    void wholeClassesCompile(@TempDir Path output) throws IOException {
        List<JavaFileObject> examples = new ArrayList<>();
        try (Stream<Path> pages = Files.list(DOCS)) {
            for (Path page : pages.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
                Matcher blocks = BLOCK.matcher(Files.readString(page));
                while (blocks.find()) {
                    Matcher type = CLASS.matcher(blocks.group(1));
                    if (type.find()) {
                        examples.add(new Example(type.group(1), blocks.group(1)));
                    }
                }
            }
        }
        assertTrue(examples.size() >= 4, () -> "found only " + examples);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        assertTrue(compiler.getTask(messages, null, null, List.of("-d", output.toString(), "-Xlint:all,-classfile,-processing"),
                null, examples).call(), messages::toString);
        assertTrue(messages.toString().isBlank(), messages::toString);
    }
}
