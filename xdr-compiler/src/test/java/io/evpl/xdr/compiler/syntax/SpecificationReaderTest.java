package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.Label;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Program.Procedure;
import io.evpl.xdr.compiler.model.Program.Version;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every construct of the language, and the model that it must give. */
class SpecificationReaderTest {
    private static final Type INT = Type.Scalar.INT;

    private static Specification read(String text) {
        return SpecificationReader.read("t.x", text);
    }

    /** The type of the only field of struct s. */
    private static Type field(String declaration) {
        return struct("struct s { " + declaration + " };").fields().get(0).type();
    }

    private static StructDefinition struct(String text) {
        return assertInstanceOf(StructDefinition.class, read(text).definition("s"));
    }

    // ---- RFC 4506, section 4: the types

    @Test
    void scalarsAreWhatTheyAreCalled() {
        assertEquals(INT, field("int x;"));
        assertEquals(Type.Scalar.UNSIGNED_INT, field("unsigned int x;"));
        assertEquals(Type.Scalar.UNSIGNED_INT, field("unsigned x;"));
        assertEquals(Type.Scalar.HYPER, field("hyper x;"));
        assertEquals(Type.Scalar.UNSIGNED_HYPER, field("unsigned hyper x;"));
        assertEquals(Type.Scalar.FLOAT, field("float x;"));
        assertEquals(Type.Scalar.DOUBLE, field("double x;"));
        assertEquals(Type.Scalar.QUADRUPLE, field("quadruple x;"));
        assertEquals(Type.Scalar.BOOL, field("bool x;"));
    }

    @Test
    void wordsOfRpcgenAreTypes() {
        assertEquals(INT, field("long x;"));
        assertEquals(Type.Scalar.UNSIGNED_INT, field("unsigned long x;"));
        assertEquals(Type.Scalar.UNSIGNED_INT, field("u_int x;"));
        assertEquals(Type.Scalar.UNSIGNED_INT, field("uint32_t x;"));
        assertEquals(Type.Scalar.UNSIGNED_HYPER, field("uint64_t x;"));
        assertEquals(Type.Scalar.BOOL, field("bool_t x;"));
        assertEquals(INT, field("short x;"));
        assertEquals(INT, field("char x;"));
        assertEquals(new Type.VariableOpaque(1024, false, false), field("netobj x;"));
    }

    @Test
    void aFileMayDefineAWordOfRpcgenItself() {
        assertEquals(new Type.Named("int64_t"), struct("typedef hyper int64_t; struct s { int64_t x; };").fields().get(0).type());
    }

    @Test
    void bytesHaveLengths() {
        assertEquals(new Type.FixedOpaque(16), field("opaque x[16];"));
        assertEquals(new Type.VariableOpaque(8, false, false), field("opaque x<8>;"));
        assertEquals(new Type.VariableOpaque(Type.UNBOUNDED, false, false), field("opaque x<>;"));
        assertEquals(new Type.VariableOpaque(0, false, false), field("opaque x<0>;"));
        assertEquals(new Type.Text(255, false), field("string x<255>;"));
        assertEquals(new Type.Text(Type.UNBOUNDED, false), field("string x<>;"));
        assertEquals(new Type.VariableOpaque(Type.UNBOUNDED, false, false), field("opaque x<4294967295>;"));
    }

    @Test
    void annotationsStandBeforeOrWithinAComment() {
        assertEquals(new Type.VariableOpaque(8, true, false), field("@zerocopy opaque x<8>;"));
        assertEquals(new Type.VariableOpaque(8, true, true), field("@ddp opaque x<8>;"));
        assertEquals(new Type.VariableOpaque(8, true, true), field("/*@ddp*/ opaque x<8>;"));
        assertEquals(new Type.VariableOpaque(8, true, false), field("zcopaque x<8>;"));
        assertEquals(new Type.Text(8, true), field("/* @bytes */ string x<8>;"));
        assertEquals(new Type.Text(8, true), field("@bytes string x<8>;"));
    }

    @Test
    void arraysAndOptionals() {
        assertEquals(new Type.FixedArray(INT, 4), field("int x[4];"));
        assertEquals(new Type.VariableArray(INT, 4), field("int x<4>;"));
        assertEquals(new Type.VariableArray(INT, Type.UNBOUNDED), field("int x<>;"));
        assertEquals(new Type.Optional(INT), field("int *x;"));
    }

    @Test
    void shapesOfTypedefsCompose() {
        Specification specification = read("typedef opaque a[4]; typedef a b<>; struct s { b x[2]; };");
        assertEquals(new Type.FixedOpaque(4), ((TypedefDefinition) specification.definition("a")).type());
        assertEquals(new Type.VariableArray(new Type.Named("a"), Type.UNBOUNDED), ((TypedefDefinition) specification.definition("b")).type());
        assertEquals(new Type.FixedArray(new Type.Named("b"), 2), ((StructDefinition) specification.definition("s")).fields().get(0).type());
    }

    @Test
    void aLengthRightBehindTheTypeIsPartOfIt() {
        assertEquals(new Type.VariableArray(new Type.Text(8, false), 3), field("string<8> x<3>;"));
    }

    @Test
    void enumeratorsCountAndMayBeConstants() {
        EnumDefinition definition = (EnumDefinition) read("const SEVEN = 7; enum e { A, B, C = SEVEN, D, E = -1, F = A };").definition("e");
        assertEquals(List.of(0, 1, 7, 8, -1, 0), definition.enumerators().stream().map(each -> each.value()).toList());
        assertFalse(definition.lenient());
    }

    @Test
    void enumsAreLenientWhereThatIsSaid() {
        assertTrue(((EnumDefinition) read("@lenient enum e { A = 1 };").definition("e")).lenient());
        assertTrue(((EnumDefinition) read("/*@lenient*/ enum e { A = 1 };").definition("e")).lenient());
        assertFalse(((EnumDefinition) SpecificationReader.read("t.x", "@strict enum e { A = 1 };", true, SourceFiles.none()).definition("e")).lenient());
        assertTrue(((EnumDefinition) SpecificationReader.read("t.x", "enum e { A = 1 };", true, SourceFiles.none()).definition("e")).lenient());
    }

    @Test
    void unionsHaveLabelsOfEveryKind() {
        UnionDefinition union = (UnionDefinition) read("enum e { A = 1, B = 2, C = 3 };"
                + " union u switch (e what) { case A: int x; case B: case C: void; };").definition("u");
        assertEquals(new Field("what", new Type.Named("e"), ""), union.discriminant());
        assertEquals(List.of(new Arm(List.of(new Label("A", 1)), Optional.of(new Field("x", INT, ""))),
                new Arm(List.of(new Label("B", 2), new Label("C", 3)), Optional.empty())), union.arms());
        assertEquals(Optional.empty(), union.otherwise());

        UnionDefinition numbers = (UnionDefinition) read("const N = -3; union u switch (int d) { case 0: void; case N: int x;"
                + " case 0x10: case 017: hyper y; default: opaque z<4>; };").definition("u");
        assertEquals(List.of(0, -3, 16, 15), numbers.arms().stream().flatMap(arm -> arm.labels().stream()).map(Label::value).toList());
        assertEquals("z", numbers.otherwise().orElseThrow().value().orElseThrow().name());

        UnionDefinition bool = (UnionDefinition) read("union u switch (bool d) { case TRUE: int x; case FALSE: void; };").definition("u");
        assertEquals(List.of(1, 0), bool.arms().stream().map(arm -> arm.labels().get(0).value()).toList());

        UnionDefinition unsigned = (UnionDefinition) read("union u switch (unsigned d) { case 4294967295: int x; };").definition("u");
        assertEquals(-1, unsigned.arms().get(0).labels().get(0).value());
    }

    @Test
    void typesInPlaceAreNamedByThePath() {
        Specification specification = read("struct s { struct { int a; } in; enum { A = 1 } e<2>;"
                + " union switch (int d) { case 1: struct { int b; } deep; } u; };");
        assertEquals(List.of("s_in", "s_e", "s_u_deep", "s_u", "s"), List.copyOf(specification.definitions().keySet()));
        StructDefinition s = (StructDefinition) specification.definition("s");
        assertEquals(new Type.Named("s_in"), s.fields().get(0).type());
        assertEquals(new Type.VariableArray(new Type.Named("s_e"), 2), s.fields().get(1).type());
    }

    @Test
    void aTypedefOfATypeInPlaceIsThatType() {
        assertEquals(List.of("t"), List.copyOf(read("typedef struct { int x; } t;").definitions().keySet()));
        assertInstanceOf(EnumDefinition.class, read("typedef enum { A = 1 } t;").definition("t"));
    }

    @Test
    void keywordsBeforeNamesOfTypesAreAllowed() {
        Specification specification = read("struct a { int x; }; enum e { A = 1 }; struct s { struct a x; enum e y; struct a *z; };");
        assertEquals(new Type.Optional(new Type.Named("a")), ((StructDefinition) specification.definition("s")).fields().get(2).type());
    }

    @Test
    void voidFieldsOfStructsAreNothing() {
        assertEquals(1, struct("struct s { void; int x; };").fields().size());
    }

    // ---- lists and recursion

    @Test
    void listsAreKnownByTheirLastField() {
        assertTrue(struct("struct s { int x; s *next; };").isListNode());
        assertTrue(struct("struct s { int x; struct s *whatever; };").isListNode());
        assertTrue(struct("typedef struct s *list; struct s { int x; list next; };").isListNode());
        assertFalse(struct("struct s { s *left; int x; };").isListNode());
        assertFalse(struct("struct t { int x; }; struct s { int x; t *next; };").isListNode());
    }

    @Test
    void recursionThroughArraysOptionalsAndArmsHasAnEnd() {
        read("struct s { s children<>; };");
        read("struct a { b *x; int y; }; struct b { a z; };");
        read("union u switch (int d) { case 0: void; default: u next; };");
    }

    // ---- constants

    @Test
    void constantsHaveSignsAndBases() {
        Specification specification = read("const A = -5; const B = 0x7fffffff; const C = 0777; const D = 18446744073709551615;"
                + " const E = A; const F = -0x10;");
        assertEquals(List.of(-5L, 0x7FFF_FFFFL, 0777L, -1L, -5L, -16L), specification.constants().stream().map(each -> each.value()).toList());
        assertTrue(specification.constants().get(3).unsigned());
    }

    @Test
    void namesMayBeUsedBeforeTheyAreDefined() {
        assertEquals(new Type.VariableArray(new Type.Named("t"), 9), struct("struct s { t x<N>; }; const N = 9; struct t { int y; };").fields().get(0).type());
    }

    @Test
    void aChainOfConstantsMayBeLong() {
        StringBuilder text = new StringBuilder("const C0 = 1;\n");
        for (int i = 20_000; i > 0; i--) {
            text.append("const C").append(i).append(" = C").append(i - 1).append(";\n");
        }
        assertEquals(1, read(text.toString()).constants().get(1).value());
    }

    // ---- RFC 5531, section 12

    @Test
    void theProgramOfRfc5531IsRead() {
        Specification specification = read("""
                /* Simple ping program */
                program PING_PROG {
                   version PING_VERS_PINGBACK {
                      void PINGPROC_NULL(void) = 0;
                      /* Returns the round-trip time. */
                      int PINGPROC_PINGBACK(void) = 1;
                   } = 2;
                   version PING_VERS_ORIG {
                      void PINGPROC_NULL(void) = 0;
                   } = 1;
                } = 1;
                const PING_VERS = 2;
                """);
        assertEquals("Simple ping program", specification.programs().get(0).comment());
        Version version = specification.programs().get(0).versions().get(0);
        assertEquals(2, version.number());
        Procedure ping = version.procedures().get(1);
        assertEquals("Returns the round-trip time.", ping.comment());
        assertEquals(INT, ping.result());
        assertEquals(List.of(), ping.arguments());
    }

    @Test
    void proceduresTakeAnyTypes() {
        List<Procedure> procedures = read("struct t { int x; }; program P { version V {"
                + " t A(t) = 1; t *B(int, string<8>, struct t) = 2; opaque<4> C(opaque x[3]) = 3; string D(string) = 4; int E(int a, int b) = 5;"
                + " } = 1; } = 0x20000000;").programs().get(0).versions().get(0).procedures();
        assertEquals(new Type.Named("t"), procedures.get(0).result());
        assertEquals(new Type.Optional(new Type.Named("t")), procedures.get(1).result());
        assertEquals(List.of(INT, new Type.Text(8, false), new Type.Named("t")), procedures.get(1).arguments());
        assertEquals(new Type.VariableOpaque(4, false, false), procedures.get(2).result());
        assertEquals(List.of(new Type.FixedOpaque(3)), procedures.get(2).arguments());
        assertEquals(new Type.Text(Type.UNBOUNDED, false), procedures.get(3).result());
        assertEquals(2, procedures.get(4).arguments().size());
    }

    @Test
    void theFileOfRfc4506IsRead() {
        Specification specification = read("""
                const MAXUSERNAME = 32;     /* max length of a user name */
                const MAXFILELEN = 65535;   /* max length of a file      */
                const MAXNAMELEN = 255;     /* max length of a file name */
                /* Types of files: */
                enum filekind {
                   TEXT = 0,       /* ascii data */
                   DATA = 1,       /* raw data   */
                   EXEC = 2        /* executable */
                };
                /* File information, per kind of file: */
                union filetype switch (filekind kind) {
                case TEXT:
                   void;                           /* no extra information */
                case DATA:
                   string creator<MAXNAMELEN>;     /* data creator         */
                case EXEC:
                   string interpretor<MAXNAMELEN>; /* program interpretor  */
                };
                /* A complete file: */
                struct file {
                   string filename<MAXNAMELEN>; /* name of file    */
                   filetype type;               /* info about file */
                   string owner<MAXUSERNAME>;   /* owner of file   */
                   opaque data<MAXFILELEN>;     /* file data       */
                };
                """);
        StructDefinition file = (StructDefinition) specification.definition("file");
        assertEquals(List.of("filename", "type", "owner", "data"), file.fields().stream().map(Field::name).toList());
        assertEquals("name of file", file.fields().get(0).comment());
        assertEquals("A complete file:", file.comment());
        assertEquals("raw data", ((EnumDefinition) specification.definition("filekind")).enumerators().get(1).comment());
    }

    // ---- unusual texts

    @Test
    void lineEndsTabsAndMarksDoNotMatter() {
        assertEquals(2, read("\uFEFFconst A = 1;\r\nstruct s {\r\n\tint\tx;\r\n\tint y; };").definitions().get("s") instanceof StructDefinition s
                ? s.fields().size() : 0);
        assertEquals(1, read("const A = 1;\r// the end").constants().size());
        assertEquals(Map.of(), read("").definitions());
        assertEquals(Map.of(), read("/* nothing */").definitions());
    }

    @Test
    void linesForCAreKept() {
        Specification specification = read("%#include <stdio.h>\nconst A = 1;\n%static int x;\n");
        assertEquals(List.of("#include <stdio.h>", "static int x;"), specification.passedThrough());
    }

    @Test
    void conditionsLeaveOutWhatIsForC() {
        Specification specification = read("#ifdef RPC_HDR\nconst A = 1;\n#else\nconst B = 2;\n#endif\n#define N 4\n#if defined(N) && !defined(M)\n"
                + "struct s { int x<N>; };\n#endif\n#ifndef RPC_SVC\nconst C = 3;\n#endif\n");
        assertEquals(List.of("B", "C"), specification.constants().stream().map(each -> each.name()).toList());
        assertEquals(new Type.VariableArray(INT, 4), ((StructDefinition) specification.definition("s")).fields().get(0).type());
    }

    @Test
    void filesAreIncluded() {
        Map<String, String> files = Map.of("dir/types.x", "struct t { int x; };\n", "dir/main.x", "");
        Specification specification = SpecificationReader.read("dir/main.x", "#include \"types.x\"\nstruct s { t x; };\n", false,
                path -> Optional.ofNullable(files.get(path)));
        assertEquals(List.of("t", "s"), List.copyOf(specification.definitions().keySet()));
    }

    @Test
    void whatAHeaderWouldBringIsLentByItsFile() {
        Map<String, String> files = Map.of("dir/other.x", "const N = 3; struct t { int x<N>; }; struct unused { int y; };\n");
        Specification specification = SpecificationReader.read("dir/main.x", "%#include \"other.h\"\nstruct s { t x; };\n", false,
                path -> Optional.ofNullable(files.get(path)));
        assertEquals(List.of("t", "s"), List.copyOf(specification.definitions().keySet()));
    }
}
