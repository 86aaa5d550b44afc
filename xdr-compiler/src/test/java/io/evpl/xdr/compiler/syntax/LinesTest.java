package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines that begin with # and with %. */
class LinesTest {
    private static List<String> constants(String text) {
        return Reading.read(text).constants().stream().map(Specification.Constant::name).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "#ifdef RPC_HDR ; N",
        "#ifndef RPC_HDR ; Y",
        "#if RPC_HDR ; N",
        "#if !RPC_HDR ; Y",
        "#if defined(RPC_XDR) || defined RPC_SVC ; N",
        "#if defined(RPC_XDR) || 1 ; Y",
        "#if 0x10 && !(0 || UNKNOWN) ; Y",
        "#if SET ; Y",
        "#ifdef SET ; Y",
        "#if defined SET && !NOTHING ; Y",
        "  #  ifdef SET // comment ; Y",
        "#ifdef SET /* comment */ ; Y"})
    void conditionSaysWhichPartIsThere(String condition, String there) {
        String text = "#define SET 1\n#define NOTHING 0\n" + condition + "\nconst Y = 1;\n#else\nconst N = 1;\n#endif\nconst END = 1;";
        assertEquals(List.of(there, "END"), constants(text));
    }

    @Test
    void firstPartThatHoldsIsTheOnlyOne() {
        assertEquals(List.of("B"), constants("#if 0\nconst A = 1;\n#elif 1\nconst B = 1;\n#elif 1\nconst C = 1;\n#else\nconst D = 1;\n#endif"));
        assertEquals(List.of("D"), constants("#if 0\nconst A = 1;\n#elif 0\nconst C = 1;\n#else\nconst D = 1;\n#endif"));
    }

    @Test
    void whatIsNotThereIsNotLookedAt() {
        assertEquals(List.of("A"), constants("#if 0\n$ 'don't 08 #fi\n#unknown\n/* #endif */ // #endif\n\"\n#if nonsense +\n#elif more nonsense +\n"
                + "#endif\n#include \"missing.x\"\n#define\n#error no\n#endif\nconst A = 1;"));
    }

    @Test
    void definedNumberIsAConstantOnlyWhereItIsUsed() {
        Specification specification = Reading.read("#define N 4 /* four */\n#define M (N + 0x10 - 1)\n#define EMPTY\n#define STRANGE a b\n"
                + "#undef EMPTY\n#pragma once\n#ident \"x\"\n#line 3\n# 1 \"x.x\"\n#\nconst K = 2;\n#define L K+1\n"
                + "struct s { int a<N>; int b<M>; int c<L>; };");
        assertEquals(new Type.VariableArray(Type.Scalar.INT, 4), Reading.field(specification, "s", "a").type());
        assertEquals(new Type.VariableArray(Type.Scalar.INT, 19), Reading.field(specification, "s", "b").type());
        assertEquals(new Type.VariableArray(Type.Scalar.INT, 3), Reading.field(specification, "s", "c").type());
        assertEquals(1, specification.constants().size());
    }

    @Test
    void percentLinesArePassedOnInTheirOrder() {
        Specification specification = Reading.read("%first\n  %#include <a.h>\nstruct s { int a; };\n%/* a comment\n%*/\n%two \\\n lines\n%\n"
                + "#ifdef RPC_HDR\n%hidden\n#endif\nconst TEXT = \"words\";\n%last");
        assertEquals(List.of("first", "#include <a.h>", "/* a comment", "*/", "two  lines", "", "const TEXT = \"words\";", "last"),
                specification.passedThrough());
    }

    @Test
    void percentLineWithinADeclarationIsNoPartOfIt() {
        assertEquals(new Type.Text(3, false), Reading.typeOfX("string\n%between\nx<3>"));
    }

    @Test
    void headersDefinitionsCountWhereANameIsMissing() {
        Specification specification = Reading.read("#ifdef RPC_HDR\n%#define MOST 7 // seven\n%# define LESS (MOST-1)\n#endif\n"
                + "struct s { int a<MOST>; int b<LESS>; };");
        assertEquals(new Type.VariableArray(Type.Scalar.INT, 7), Reading.field(specification, "s", "a").type());
        assertEquals(new Type.VariableArray(Type.Scalar.INT, 6), Reading.field(specification, "s", "b").type());
        assertEquals("x.x:4:18: found the unknown constant MOST, expected one that is defined",
                Reading.message("#ifdef RPC_SVC\n%#define MOST 7\n#endif\nstruct s { int a<MOST>; };"));
    }

    @Test
    void includedFileIsReadInItsPlaceAndOnce() {
        Map<String, String> files = Map.of("dir/a.x", "#include \"b.x\"\nconst A = B;\n%from a", "dir/b.x", "#include \"a.x\"\nconst B = 2;");
        Specification specification = Reading.read("const FIRST = 1;\n#include \"a.x\"\n#include <b.x>\n#include \"x.x\"\nconst LAST = A;", files);
        assertEquals(List.of("FIRST", "B", "A", "LAST"), specification.constants().stream().map(Specification.Constant::name).toList());
        assertEquals(2, specification.constants().get(3).value());
        assertEquals("dir/a.x:2:7", specification.constants().get(2).position().toString());
        assertEquals(List.of("from a"), specification.passedThrough());
    }

    @Test
    void fileOfAnIncludedHeaderLendsWhatIsUsed() {
        Map<String, String> files = Map.of("dir/other.x", "const N = M; enum e { A, B }; struct t { u more; }; struct u { int n<N>; };"
                + " struct unused { int a; }; program P { version V { void NOP(void) = 0; } = 1; } = 1;\n%#include \"third.h\"\n%#define M 3",
                "dir/third.x", "typedef t v;");
        Specification specification = Reading.read("%#include <there/other.h>\n%#include <stdio.h>\nstruct s { v a; int b[B]; };", files);
        assertEquals(List.of("v", "e", "t", "u", "s"), List.copyOf(specification.definitions().keySet()));
        assertEquals(new Type.VariableArray(Type.Scalar.INT, 3), Reading.field(specification, "u", "n").type());
        assertEquals(new Type.FixedArray(Type.Scalar.INT, 1), Reading.field(specification, "s", "b").type());
        assertEquals("dir/other.x", specification.definition("t").position().file());
        assertTrue(specification.constants().isEmpty() && specification.programs().isEmpty());
    }

    @Test
    void rpcHeadersLendWhatNfsUsesOfThem() {
        Specification specification = Reading.read("union callback switch (unsigned int flavor) { case AUTH_NONE: void; case AUTH_SYS:"
                + " authsys_parms parms; case RPCSEC_GSS: void; };");
        assertEquals(List.of("authsys_parms", "callback"), List.copyOf(specification.definitions().keySet()));
        assertEquals(new Type.VariableArray(Type.Scalar.UNSIGNED_INT, 16), Reading.field(specification, "authsys_parms", "gids").type());
        assertEquals(Type.Scalar.HYPER, Reading.field(Reading.read("struct authsys_parms { hyper a; }; struct s { authsys_parms b; };"),
                "authsys_parms", "a").type());
    }

    @Test
    void filesAreLookedForBesideTheIncludingOneOnDisk(@TempDir Path directory) throws IOException {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        Files.writeString(sub.resolve("a.x"), "#include \"b.x\"\n", StandardCharsets.UTF_8);
        Files.write(sub.resolve("b.x"), "const B = 2; /* caf\u00e9 in Latin-1 */".getBytes(StandardCharsets.ISO_8859_1));
        String text = "#include \"sub/a.x\"\n";
        Specification specification = SpecificationReader.read(directory.resolve("x.x").toString(), text, false, SourceFiles.onDisk());
        assertEquals(List.of("B"), specification.constants().stream().map(Specification.Constant::name).toList());
        assertEquals(SourceFiles.onDisk().find(sub.toString()), SourceFiles.onDisk().find("\0"));
    }
}
