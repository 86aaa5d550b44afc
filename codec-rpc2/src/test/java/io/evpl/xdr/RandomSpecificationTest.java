package io.evpl.xdr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.CompilerOptions;
import io.evpl.xdr.compiler.OutputFolder;
import io.evpl.xdr.compiler.XdrCompiler;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.syntax.SpecificationReader;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random specifications are compiled, and random values of their types go through the code that comes out. */
class RandomSpecificationTest {
    private static final int SPECIFICATIONS = 12;
    private static final int VALUES_PER_TYPE = 12;

    @Test
    void randomValuesOfRandomTypesAreWrittenAsTheyWereRead(@TempDir Path folder) throws Exception {
        List<Specification> specifications = new ArrayList<>();
        Path sources = folder.resolve("java");
        for (int seed = 0; seed < SPECIFICATIONS; seed++) {
            String text = new RandomSpecification(new Random(seed)).text();
            Map<String, String> files = XdrCompiler.compile("random" + seed + ".x", text, CompilerOptions.of("made.of" + seed));
            new OutputFolder(sources).add(files);
            specifications.add(SpecificationReader.read("random" + seed + ".x", text));
        }
        Path classes = Files.createDirectory(folder.resolve("classes"));
        compile(sources, classes);
        int checked = 0;
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            for (int seed = 0; seed < SPECIFICATIONS; seed++) {
                checked += check(specifications.get(seed), seed, loader);
            }
        }
        assertTrue(checked > SPECIFICATIONS * VALUES_PER_TYPE * 5, "values: " + checked);
    }

    private static int check(Specification specification, int seed, ClassLoader loader) throws ReflectiveOperationException {
        CodecCheck check = new CodecCheck();
        Random random = new Random(seed);
        int checked = 0;
        for (String name : specification.definitions().keySet()) {
            if (name.startsWith("t")) {
                Class<?> type = loader.loadClass("made.of" + seed + ".T" + name.substring(1));
                XdrCodec<?> codec = (XdrCodec<?>) type.getField("CODEC").get(null);
                for (int i = 0; i < VALUES_PER_TYPE; i++) {
                    byte[] wire = RandomWire.of(specification, name, random);
                    if (wire.length < 3000) {
                        check.exact(codec, wire);
                        checked++;
                    }
                }
            }
        }
        return checked;
    }

    private static void compile(Path sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null); Stream<Path> tree = Files.walk(sources)) {
            List<Path> files = tree.filter(path -> path.toString().endsWith(".java")).toList();
            List<String> options = List.of("-d", classes.toString(), "-Xlint:all,-classfile", "-Werror", "-classpath",
                    System.getProperty("java.class.path"));
            compiler.getTask(messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files)).call();
        }
        assertEquals("", messages.toString());
    }
}
