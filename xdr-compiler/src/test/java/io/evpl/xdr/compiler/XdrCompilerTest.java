package io.evpl.xdr.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.syntax.XdrSyntaxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XdrCompilerTest {
    @TempDir
    private Path folder;

    /** The Java of golden/golden.x was read by people; whoever changes what is generated reads the difference. */
    @Test
    void generatedJavaIsAsItWasReviewed() throws IOException {
        Map<String, String> files = XdrCompiler.compile("golden.x", resource("golden.x"), CompilerOptions.of("golden"));
        StringBuilder all = new StringBuilder();
        files.forEach((path, text) -> all.append("==== ").append(path).append('\n').append(text));
        assertEquals(resource("golden.txt"), all.toString());
    }

    @Test
    void aFileMayHaveAPackageOfItsOwn() throws IOException {
        CompilerOptions options = new CompilerOptions("org.all", Map.of("b.x", "org.own"), false, false);
        Map<String, String> files = XdrCompiler.compile(List.of(file("a.x", "struct one { int a; };"), file("b.x", "struct one { hyper b; };")), options);
        assertEquals(Set.of("org/all/One.java", "org/own/One.java"), files.keySet());
    }

    @Test
    void typesOfTwoFilesThatDifferAreRefusedInOnePackage() throws IOException {
        Path a = file("a.x", "struct one { int a; };");
        Path b = file("b.x", "struct one { hyper b; };");
        XdrSyntaxException refused = assertThrows(XdrSyntaxException.class, () -> XdrCompiler.compile(List.of(a, b), CompilerOptions.of("")));
        assertEquals(b + ":1:1: One.java is made of " + a + " too, and differs: give one of them another package", refused.getMessage());
    }

    @Test
    void theSameTypeOfTwoFilesIsOne() throws IOException {
        Path a = file("a.x", "struct one { int a; };");
        Path b = file("b.x", "struct one { int a; };");
        assertEquals(1, XdrCompiler.compile(List.of(a, b), CompilerOptions.of("")).size());
    }

    @Test
    void faultsOfAllFilesAreTold() throws IOException {
        Path a = file("a.x", "struct one { unknown a; };");
        Path b = file("b.x", "struct two { int a }");
        XdrSyntaxException refused = assertThrows(XdrSyntaxException.class, () -> XdrCompiler.compile(List.of(a, b), CompilerOptions.of("")));
        assertEquals(List.of(a.toString(), b.toString()), refused.faults().stream().map(fault -> fault.position().file()).toList());
    }

    @Test
    void optionalOfAnOptionalIsRefusedWithItsPlace() {
        String text = "typedef int *maybe;\nstruct one {\n    maybe *twice;\n};\n";
        assertEquals("x.x:2:8: one.twice is an optional of an optional, for which Java has only one null: put the inner one into a struct",
                assertThrows(XdrSyntaxException.class, () -> XdrCompiler.compile("x.x", text, CompilerOptions.of(""))).getMessage());
    }

    @Test
    void structOfMoreFieldsThanARecordCanHaveIsRefusedWithTheWayOut() {
        assertEquals(1, XdrCompiler.compile("x.x", "struct wide { " + fields("hyper", 127) + "};", CompilerOptions.of("")).size());
        assertEquals(1, XdrCompiler.compile("x.x", "struct wide { " + fields("int", 254) + "};", CompilerOptions.of("")).size());
        for (String text : List.of("struct wide { " + fields("hyper", 128) + "};", "struct wide { " + fields("int", 255) + "};")) {
            assertTrue(assertThrows(XdrSyntaxException.class, () -> XdrCompiler.compile("x.x", text, CompilerOptions.of(""))).getMessage()
                    .endsWith("fields, more than a record of Java can: put some of them into a struct of their own, which has the same bytes"));
        }
    }

    private static String fields(String type, int count) {
        return IntStream.range(0, count).mapToObj(i -> type + " f" + i + "; ").collect(Collectors.joining());
    }

    @Test
    void stringsAreBytesIfThatIsWished() {
        CompilerOptions options = new CompilerOptions("", Map.of(), false, true);
        String text = "typedef string name<9>; union u switch (bool b) { case TRUE: name n; case FALSE: void; };";
        assertTrue(XdrCompiler.compile("x.x", text, options).get("U.java").contains("record N(byte[] n)"));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = XdrCompilerTest.class.getResourceAsStream("/golden/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
