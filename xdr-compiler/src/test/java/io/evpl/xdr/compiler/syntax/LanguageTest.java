package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Enumerator;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.Label;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Program.Procedure;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.model.Type.FixedArray;
import io.evpl.xdr.compiler.model.Type.FixedOpaque;
import io.evpl.xdr.compiler.model.Type.Named;
import io.evpl.xdr.compiler.model.Type.Scalar;
import io.evpl.xdr.compiler.model.Type.Text;
import io.evpl.xdr.compiler.model.Type.VariableArray;
import io.evpl.xdr.compiler.model.Type.VariableOpaque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each construct of the grammar, with the model that it gives. */
class LanguageTest {
    private static Stream<Arguments> declarations() {
        long most = Type.UNBOUNDED;
        return Stream.of(
                Arguments.of("int x", Scalar.INT),
                Arguments.of("unsigned int x", Scalar.UNSIGNED_INT),
                Arguments.of("unsigned x", Scalar.UNSIGNED_INT),
                Arguments.of("hyper x", Scalar.HYPER),
                Arguments.of("unsigned hyper x", Scalar.UNSIGNED_HYPER),
                Arguments.of("float x", Scalar.FLOAT),
                Arguments.of("double x", Scalar.DOUBLE),
                Arguments.of("quadruple x", Scalar.QUADRUPLE),
                Arguments.of("bool x", Scalar.BOOL),
                Arguments.of("opaque x[5]", new FixedOpaque(5)),
                Arguments.of("opaque x[0]", new FixedOpaque(0)),
                Arguments.of("opaque x<>", new VariableOpaque(most, false, false)),
                Arguments.of("opaque x<0x10>", new VariableOpaque(16, false, false)),
                Arguments.of("opaque x<4294967295>", new VariableOpaque(most, false, false)),
                Arguments.of("string x<>", new Text(most, false)),
                Arguments.of("string x<010>", new Text(8, false)),
                Arguments.of("int x[3]", new FixedArray(Scalar.INT, 3)),
                Arguments.of("int x<3>", new VariableArray(Scalar.INT, 3)),
                Arguments.of("int x<>", new VariableArray(Scalar.INT, most)),
                Arguments.of("int *x", new Type.Optional(Scalar.INT)),
                Arguments.of("s *x", new Type.Optional(new Named("s"))),
                Arguments.of("struct s *x", new Type.Optional(new Named("s"))),
                // rpcgen's words
                Arguments.of("char x", Scalar.INT),
                Arguments.of("short x", Scalar.INT),
                Arguments.of("long x", Scalar.INT),
                Arguments.of("unsigned char x", Scalar.UNSIGNED_INT),
                Arguments.of("unsigned short x", Scalar.UNSIGNED_INT),
                Arguments.of("unsigned long x", Scalar.UNSIGNED_INT),
                Arguments.of("u_char x", Scalar.UNSIGNED_INT),
                Arguments.of("u_int x", Scalar.UNSIGNED_INT),
                Arguments.of("int32_t x", Scalar.INT),
                Arguments.of("uint32_t x", Scalar.UNSIGNED_INT),
                Arguments.of("int64_t x", Scalar.HYPER),
                Arguments.of("uint64_t x", Scalar.UNSIGNED_HYPER),
                Arguments.of("bool_t x", Scalar.BOOL),
                Arguments.of("netobj x", new VariableOpaque(1024, false, false)),
                Arguments.of("des_block x", new FixedOpaque(8)),
                // our own
                Arguments.of("zcopaque x<9>", new VariableOpaque(9, true, false)),
                Arguments.of("@zerocopy opaque x<9>", new VariableOpaque(9, true, false)),
                Arguments.of("/*@zerocopy*/ opaque x<9>", new VariableOpaque(9, true, false)),
                Arguments.of("@ddp opaque x<>", new VariableOpaque(most, true, true)),
                Arguments.of("/* @ddp */ opaque x<>", new VariableOpaque(most, true, true)),
                Arguments.of("/*@zerocopy @ddp*/ opaque x<>", new VariableOpaque(most, true, true)),
                Arguments.of("//@ddp\n opaque x<>", new VariableOpaque(most, true, true)),
                Arguments.of("@ddp zcopaque x<>", new VariableOpaque(most, true, true)),
                Arguments.of("@bytes string x<7>", new Text(7, true)),
                Arguments.of("/*@bytes*/ string x<7>", new Text(7, true)),
                Arguments.of("string<7> x", new Text(7, false)),
                Arguments.of("string<7> x<2>", new VariableArray(new Text(7, false), 2)),
                Arguments.of("@bytes string<7> x[2]", new FixedArray(new Text(7, true), 2)),
                Arguments.of("opaque[4] x<>", new VariableArray(new FixedOpaque(4), most)),
                Arguments.of("@ddp opaque<4> *x", new Type.Optional(new VariableOpaque(4, true, true))));
    }

    @ParameterizedTest
    @MethodSource("declarations")
    void declarationHasItsShape(String declaration, Type type) {
        assertEquals(type, Reading.typeOfX(declaration));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "-1,-1", "010,8", "-010,-8", "0x10,16", "0X1f,31", "-0x10,-16", "00,0", "4294967295,4294967295",
        "9223372036854775807,9223372036854775807", "-9223372036854775808,-9223372036854775808", "0x8000000000000000,-9223372036854775808",
        "18446744073709551615,-1", "01777777777777777777777,-1", "TRUE,1", "FALSE,0"})
    void constantIsOfAnyRadixAndUpTo64Bits(String text, long value) {
        Specification.Constant constant = Reading.read("const A = " + text + ";").constants().get(0);
        assertEquals(value, constant.value());
        assertEquals(text.startsWith("0x8") || text.startsWith("18") || text.startsWith("0177"), constant.unsigned());
    }

    @Test
    void constantsAndEnumeratorsStandForNumbersEverywhereAndBeforeTheyAreDefined() {
        Specification specification = Reading.read("""
                struct s { int a<N>; opaque b[M]; string c<RED>; };
                const M = N;
                const N = 3;
                enum colour { RED = N, GREEN = RED, BLUE, LAST = -1 };
                union u switch (int d) { case N: void; case BLUE: void; case LAST: void; };
                program P { version V { void NOP(void) = M; } = RED; } = BLUE;
                """);
        assertEquals(new VariableArray(Scalar.INT, 3), Reading.field(specification, "s", "a").type());
        assertEquals(new FixedOpaque(3), Reading.field(specification, "s", "b").type());
        assertEquals(new Text(3, false), Reading.field(specification, "s", "c").type());
        assertEquals(List.of(new Enumerator("RED", 3, ""), new Enumerator("GREEN", 3, ""), new Enumerator("BLUE", 4, ""),
                new Enumerator("LAST", -1, "")), ((EnumDefinition) specification.definition("colour")).enumerators());
        assertEquals(List.of(new Label("N", 3), new Label("BLUE", 4), new Label("LAST", -1)),
                ((UnionDefinition) specification.definition("u")).arms().stream().flatMap(arm -> arm.labels().stream()).toList());
        assertEquals(4, specification.programs().get(0).number());
        assertEquals(3, specification.programs().get(0).versions().get(0).number());
        assertEquals(3, specification.programs().get(0).versions().get(0).procedures().get(0).number());
    }

    @Test
    void enumeratorWithoutAValueIsOneMoreThanTheOneBefore() {
        EnumDefinition definition = (EnumDefinition) Reading.read("enum e { A, B, C = -5, D };").definition("e");
        assertEquals(List.of(0, 1, -5, -4), definition.enumerators().stream().map(Enumerator::value).toList());
    }

    @Test
    void enumIsLenientIfItSaysSoOrIfAllAre() {
        String text = "enum a { A }; @lenient enum b { B }; /*@strict*/ enum c { C }; struct s { @lenient enum { D } x; };";
        assertEquals(Map.of("a", false, "b", true, "c", false, "s_x", true), lenience(Reading.read(text)));
        assertEquals(Map.of("a", true, "b", true, "c", false, "s_x", true),
                lenience(SpecificationReader.read("x.x", text, true, SourceFiles.none())));
    }

    private static Map<String, Boolean> lenience(Specification specification) {
        return specification.definitions().values().stream().filter(EnumDefinition.class::isInstance)
                .collect(Collectors.toMap(Definition::name, definition -> ((EnumDefinition) definition).lenient()));
    }

    @Test
    void unionHasLabelsOfEachKindOfDiscriminant() {
        Specification specification = Reading.read("""
                enum colour { RED, BLUE = 7 };
                typedef colour tint;
                typedef tint shade;
                union byInt switch (int d) { case 1: case -2: case 0x10: int a; case 010: void; default: opaque b<>; };
                union byUnsigned switch (unsigned d) { case 4294967295: int a; default: void; };
                union byBool switch (bool d) { case TRUE: int a; case FALSE: void; };
                union byEnum switch (shade d) { case RED: int a; case 7: hyper b; };
                union byChar switch (char d) { case 1: void; };
                union byUint switch (uint32_t d) { case 0xFFFFFFFE: void; };
                """);
        assertEquals(new UnionDefinition("byInt", specification.definition("byInt").position(), "", new Field("d", Scalar.INT, ""), List.of(
                new Arm(List.of(new Label("1", 1), new Label("-2", -2), new Label("0x10", 16)), Optional.of(new Field("a", Scalar.INT, ""))),
                new Arm(List.of(new Label("010", 8)), Optional.empty())),
                Optional.of(new Arm(List.of(), Optional.of(new Field("b", new VariableOpaque(Type.UNBOUNDED, false, false), ""))))),
                specification.definition("byInt"));
        assertEquals(List.of(new Label("4294967295", -1)), labels(specification, "byUnsigned"));
        assertEquals(Optional.of(new Arm(List.of(), Optional.empty())), ((UnionDefinition) specification.definition("byUnsigned")).otherwise());
        assertEquals(List.of(new Label("TRUE", 1), new Label("FALSE", 0)), labels(specification, "byBool"));
        assertEquals(List.of(new Label("RED", 0), new Label("7", 7)), labels(specification, "byEnum"));
        assertEquals(List.of(new Label("1", 1)), labels(specification, "byChar"));
        assertEquals(List.of(new Label("0xFFFFFFFE", -2)), labels(specification, "byUint"));
    }

    private static List<Label> labels(Specification specification, String union) {
        return ((UnionDefinition) specification.definition(union)).arms().stream().flatMap(arm -> arm.labels().stream()).toList();
    }

    @Test
    void typeDeclaredInPlaceHasThePathAsItsNameAndComesBeforeItsHolder() {
        Specification specification = Reading.read("""
                struct a {
                    struct { int i; enum { ONE = 1 } kind; } in<>;
                    union switch (int d) { case 1: struct { int j; } arm; default: void; } un;
                    union switch (enum { TWO = 2 } d) { case TWO: void; } by;
                };
                typedef struct { int k; } b;
                typedef enum { FOUR = 4 } c[2];
                program P { version V { struct { int r; } GET(struct { int q; } key, enum { SIX = 6 }) = 1; void SET(union switch (bool b) {
                    case TRUE: void; }) = 2; } = 1; } = 1;
                """);
        assertEquals(List.of("a_in_kind", "a_in", "a_un_arm", "a_un", "a_by_d", "a_by", "a", "b", "c_element", "c", "P_V_GET_result",
                "P_V_GET_key", "P_V_GET_argument2", "P_V_SET_argument"), List.copyOf(specification.definitions().keySet()));
        assertEquals(new VariableArray(new Named("a_in"), Type.UNBOUNDED), Reading.field(specification, "a", "in").type());
        assertEquals(new Named("a_in_kind"), Reading.field(specification, "a_in", "kind").type());
        assertEquals(new Named("a_by_d"), ((UnionDefinition) specification.definition("a_by")).discriminant().type());
        assertTrue(specification.definition("b") instanceof StructDefinition);
        assertEquals(new FixedArray(new Named("c_element"), 2), Reading.typedef(specification, "c"));
        Procedure get = specification.programs().get(0).versions().get(0).procedures().get(0);
        assertEquals(new Named("P_V_GET_result"), get.result());
        assertEquals(List.of(new Named("P_V_GET_key"), new Named("P_V_GET_argument2")), get.arguments());
    }

    @Test
    void typedefsComposeWithWhatIsSaidAtTheirUse() {
        Specification specification = Reading.read("""
                typedef opaque a[4];
                typedef a b<>;
                struct s { b c[2]; b *d; };
                typedef string name<255>;
                typedef name names<10>;
                typedef int *maybe;
                typedef struct s s;
                typedef @ddp opaque payload<>;
                @bytes typedef string path<8>;
                """);
        assertEquals(new FixedOpaque(4), Reading.typedef(specification, "a"));
        assertEquals(new VariableArray(new Named("a"), Type.UNBOUNDED), Reading.typedef(specification, "b"));
        assertEquals(new FixedArray(new Named("b"), 2), Reading.field(specification, "s", "c").type());
        assertEquals(new Type.Optional(new Named("b")), Reading.field(specification, "s", "d").type());
        assertEquals(new VariableArray(new Named("name"), 10), Reading.typedef(specification, "names"));
        assertEquals(new Type.Optional(Scalar.INT), Reading.typedef(specification, "maybe"));
        assertEquals(new VariableOpaque(Type.UNBOUNDED, true, true), Reading.typedef(specification, "payload"));
        assertEquals(new Text(8, true), Reading.typedef(specification, "path"));
    }

    @Test
    void fileMayDefineWhatItWouldFindInHeaders() {
        Specification specification = Reading.read("typedef unsigned hyper uint64_t; typedef int long; typedef string netobj<3>;"
                + " const MAXNETNAMELEN = 7; struct s { uint64_t a; long b; netobj c; int d<MAXNETNAMELEN>; };");
        assertEquals(new Named("uint64_t"), Reading.field(specification, "s", "a").type());
        assertEquals(new Named("long"), Reading.field(specification, "s", "b").type());
        assertEquals(new Named("netobj"), Reading.field(specification, "s", "c").type());
        assertEquals(new VariableArray(Scalar.INT, 7), Reading.field(specification, "s", "d").type());
        assertEquals(new VariableArray(Scalar.INT, 255), Reading.typeOfX("int x<MAXNETNAMELEN>"));
    }

    @Test
    void recursionNeedsOnlyAWayOut() {
        Specification specification = Reading.read("""
                struct tree { tree *left; tree *right; int value; };
                struct bush { bush branches<>; int leaves[0]; };
                struct chain { int value; chain *next; };
                struct ping { pong *other; };
                struct pong { ping other<1>; };
                union expression switch (int kind) { case 0: int number; case 1: pair both; };
                struct pair { expression left; expression right; };
                struct none { none x[0]; };
                """);
        assertTrue(((StructDefinition) specification.definition("chain")).isListNode());
        assertFalse(((StructDefinition) specification.definition("tree")).isListNode());
        assertEquals(8, specification.definitions().size());
    }

    @Test
    void structWithVoidHasNoFieldForIt() {
        assertEquals(List.of(), ((StructDefinition) Reading.read("struct s { void; };").definition("s")).fields());
    }

    @Test
    void proceduresHaveTypesOfEveryShape() {
        Specification specification = Reading.read("""
                struct foo { int a; };
                program P {
                    version V {
                        void NOTHING(void) = 0;
                        int ADD(int, int) = 1;
                        struct foo *FIND(struct foo, foo *other, string, string name<8>, opaque<16>, opaque key[4]) = 2;
                        string ECHO(string) = 3;
                        string<9> SHORT(unsigned, unsigned hyper n) = 4;
                        opaque<> READ(@bytes string<5>, hyper list<3>, bool<2>, foo[2]) = 5;
                        @ddp opaque<> DATA(zcopaque<7>) = 0x10;
                    } = 0;
                } = 0x20000000;
                """);
        List<Procedure> procedures = specification.programs().get(0).versions().get(0).procedures();
        assertEquals(List.of(), procedures.get(0).arguments());
        assertEquals(new Type.Nothing(), procedures.get(0).result());
        assertEquals(List.of(Scalar.INT, Scalar.INT), procedures.get(1).arguments());
        assertEquals(new Type.Optional(new Named("foo")), procedures.get(2).result());
        assertEquals(List.of(new Named("foo"), new Type.Optional(new Named("foo")), new Text(Type.UNBOUNDED, false), new Text(8, false),
                new VariableOpaque(16, false, false), new FixedOpaque(4)), procedures.get(2).arguments());
        assertEquals(new Text(Type.UNBOUNDED, false), procedures.get(3).result());
        assertEquals(new Text(9, false), procedures.get(4).result());
        assertEquals(List.of(Scalar.UNSIGNED_INT, Scalar.UNSIGNED_HYPER), procedures.get(4).arguments());
        assertEquals(List.of(new Text(5, true), new VariableArray(Scalar.HYPER, 3), new VariableArray(Scalar.BOOL, 2),
                new FixedArray(new Named("foo"), 2)), procedures.get(5).arguments());
        assertEquals(new VariableOpaque(Type.UNBOUNDED, true, true), procedures.get(6).result());
        assertEquals(List.of(new VariableOpaque(7, true, false)), procedures.get(6).arguments());
        assertEquals(16, procedures.get(6).number());
    }

    @Test
    void versionsMayHaveTheSameProcedures() {
        Specification specification = Reading.read("program P { version V1 { void N(void) = 0; } = 1; version V2 { void N(void) = 0; } = 4294967295; }"
                + " = 4294967295; program Q { version V1 { void N(void) = 0; } = 1; } = 2;");
        assertEquals(-1, specification.programs().get(0).number());
        assertEquals(-1, specification.programs().get(0).versions().get(1).number());
        assertEquals(2, specification.programs().size());
    }
}
