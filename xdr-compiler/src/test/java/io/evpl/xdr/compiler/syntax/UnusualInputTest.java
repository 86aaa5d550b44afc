package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Enumerator;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Specification;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Line ends, marks, comments in all places, and more of everything than anybody writes. */
class UnusualInputTest {
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void lineEndsInEachWayAndIsCounted(String end) {
        Specification specification = Reading.read(String.join(end, "/* one", " * two", " */", "struct s {", "\tint a; // three", "};", "%four",
                "#if 0", "nothing", "#endif", "const A = 1;"));
        assertEquals("x.x:4:8", specification.definition("s").position().toString());
        assertEquals("one\ntwo", specification.definition("s").comment());
        assertEquals(List.of("four"), specification.passedThrough());
        assertEquals("x.x:11:7", specification.constants().get(0).position().toString());
        assertEquals("x.x:2:3: found $, ".replace("$", "the character $") + "expected a word of the language",
                Reading.message("const A = 1;" + end + "  $"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "\r\n", "\t\f\u000B", "/**/", "//", "/* nothing */", "%", "#", "\uFEFF", "\uFEFF\n", "# 1 \"x.x\""})
    void fileWithNothingInItSpecifiesNothing(String text) {
        Specification specification = Reading.read(text);
        assertEquals(0, specification.definitions().size() + specification.constants().size() + specification.programs().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"const A = 1;", "\uFEFFconst A = 1;", "const\tA\t=\t1\t;", "const/**/A/* */=//\n1;", "const A=1;//", "const A=1;/**/",
        "const\fA\u000B=\r1;", "const A = 1;\n%", "const A = 1;\n#"})
    void blanksAndMarksDoNotMatter(String text) {
        assertEquals(1, Reading.read(text).constants().get(0).value());
    }

    @Test
    void tabAndMarkCountAsOneCharacterAndNone() {
        assertEquals("x.x:1:2", Reading.message("\uFEFF\t}").substring(0, 7));
        assertEquals("x.x:1:9", Reading.message("/* \u00fc */ }").substring(0, 7));
    }

    @Test
    void commentBelongsToWhatItStandsBeforeOrBehind() {
        Specification specification = Reading.read("""
                /* licence */

                const A = 1;
                // of B,
                // in two lines
                const B = 2; // not this
                const C = 3; /* of C */
                /* of nobody */

                /** of s */
                struct s {
                    /* of a */ int a;
                    int b; /* of b */ int c;
                    int d /* of d */;
                    /* of e */
                    int e; /* not this */
                    int f; // of f
                    // of g
                    /*@ddp*/ opaque g<>;
                };
                enum e { /* of RED */ RED, /* of GREEN */ GREEN,
                    BLUE, /* of BLUE */
                    LAST /* of LAST */
                };
                typedef int t; /* of t */
                """);
        assertEquals(List.of("", "of B,\nin two lines", "of C"), specification.constants().stream().map(Specification.Constant::comment).toList());
        assertEquals("of s", specification.definition("s").comment());
        assertEquals(List.of("of a", "", "of b", "of d", "of e", "of f", "of g"),
                ((StructDefinition) specification.definition("s")).fields().stream().map(Field::comment).toList());
        assertEquals(List.of("of RED", "of GREEN", "of BLUE", "of LAST"),
                ((EnumDefinition) specification.definition("e")).enumerators().stream().map(Enumerator::comment).toList());
        assertEquals("of t", specification.definition("t").comment());
    }

    @Test
    void sccsMarkIsNoAnnotation() {
        assertEquals(1, Reading.read("/* @(#)rex.x 2.1 */ /* mail@host */ /* @ */ const A = 1;").constants().size());
    }

    private static String lines(IntFunction<String> line) {
        return IntStream.range(0, 10_000).mapToObj(line).collect(Collectors.joining("\n"));
    }

    @Test
    void chainsMayBeAsLongAsTheyLike() {
        assertEquals(7, Reading.read(lines(i -> "const a" + i + " = a" + (i + 1) + ";") + "const a10000 = 7;").constants().get(0).value());
        assertEquals(10_001, Reading.read(lines(i -> "typedef a" + (i + 1) + " a" + i + ";") + "typedef int a10000;").definitions().size());
        assertEquals(10_001, Reading.read(lines(i -> "struct a" + i + " { a" + (i + 1) + " x; };") + "struct a10000 { int x; };")
                .definitions().size());
        assertEquals(10_000, ((EnumDefinition) Reading.read("enum e {" + lines(i -> "a" + i + ",") + " last = 1 };").definition("e"))
                .enumerators().stream().filter(each -> each.name().startsWith("a")).count());
        assertEquals("x.x:1:7: found a0 in its own definition, expected a number",
                Reading.message(lines(i -> "const a" + i + " = a" + (i + 1) % 10_000 + ";")));
        assertEquals(1, Reading.message(lines(i -> "struct a" + i + " { a" + (i + 1) % 10_000 + " x; };")).split("\n").length);
        assertEquals(1, Reading.message(lines(i -> "typedef a" + (i + 1) % 10_000 + " a" + i + ";")).split("\n").length);
    }

    @Test
    void conditionsMayBeNestedAsDeepAsTheyLike() {
        assertEquals(1, Reading.read(lines(i -> "#if 1") + "\nconst A = 1;\n" + lines(i -> "#endif")).constants().size());
        assertEquals("x.x:10000:1: found #if without an end, expected #endif", Reading.message(lines(i -> "#if 1")));
    }

    @Test
    void longestWordsAreShortenedInMessages() {
        String word = "a".repeat(100_000);
        assertEquals("x.x:1:1: found " + "a".repeat(40) + "..., expected const, enum, program, struct, typedef or union", Reading.message(word));
        assertEquals("x.x:1:12: found the unknown type " + "a".repeat(40) + "..., expected one that is defined",
                Reading.message("struct s { " + word + " b; };"));
        assertEquals("x.x:1:11: found " + "1".repeat(40) + "... as the value of a constant, expected a number from -9223372036854775808 to"
                + " 18446744073709551615", Reading.message("const A = " + "1".repeat(100_000) + ";"));
    }
}
