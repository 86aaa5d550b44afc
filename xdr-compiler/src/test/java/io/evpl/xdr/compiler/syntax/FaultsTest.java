package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.model.SourcePosition;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Faults of several files, of many places, and of texts that are deeper than any stack. */
class FaultsTest {
    @Test
    void faultInAnIncludedFileHasItsPlaceThere() {
        Map<String, String> files = Map.of("dir/other.x", "const A = 1;\nint x;", "dir/third.x", "struct s { foo x; };");
        assertEquals("dir/other.x:2:1: found the keyword int, expected const, enum, program, struct, typedef or union",
                assertThrows(XdrSyntaxException.class, () -> Reading.read("#include \"other.x\"", files)).getMessage());
        assertEquals("dir/x.x:2:12: found the unknown type bar, expected one that is defined\n"
                        + "dir/third.x:1:12: found the unknown type foo, expected one that is defined",
                assertThrows(XdrSyntaxException.class,
                        () -> Reading.read("#include \"third.x\"\nstruct t { bar x; };", files)).getMessage());
    }

    @Test
    void faultInALendingFileIsSaidOnlyIfItIsNeeded() {
        Map<String, String> files = Map.of("dir/other.x", "int x;");
        assertEquals(1, Reading.read("%#include <some/other.h>\nstruct s { int x; };", files).definitions().size());
        assertEquals("dir/other.x:1:1: found the keyword int, expected const, enum, program, struct, typedef or union",
                assertThrows(XdrSyntaxException.class,
                        () -> Reading.read("%#include <some/other.h>\nstruct s { foo x; };", files)).getMessage());
    }

    @Test
    void exceptionHasEachFaultWithItsPlaceInTheOrderOfTheText() {
        XdrSyntaxException exception = assertThrows(XdrSyntaxException.class,
                () -> Reading.read("union u switch (hyper a) { case 1: foo b; };\nstruct s { bar a; };"));
        assertEquals(List.of(new SourcePosition("x.x", 1, 23), new SourcePosition("x.x", 1, 36), new SourcePosition("x.x", 2, 12)),
                exception.faults().stream().map(XdrSyntaxException.Fault::position).toList());
        assertEquals(new SourcePosition("x.x", 1, 23), exception.position());
        assertEquals(exception.getMessage(), exception.faults().stream().map(XdrSyntaxException.Fault::toString)
                .collect(Collectors.joining("\n")));
    }

    @Test
    void nestingHasALimitAndNoStackOverflows() {
        for (String[] each : new String[][] {{"struct { ", "int a; ", "} a; "}, {"union switch (int d) { case 1: ", "void; ", "} a; "}}) {
            String text = "struct s { " + each[0].repeat(10_000) + each[1] + each[2].repeat(10_000) + "};";
            String message = Reading.message(text);
            assertTrue(message.endsWith(": found types within types more than 50 deep, expected at most that: define the inner ones by"
                    + " themselves"), message);
        }
        assertEquals("x.x:1:1: found #if " + "(".repeat(40) + "..., expected a condition of numbers, names, defined, !, &&, || and"
                + " parentheses", Reading.message("#if " + "(".repeat(10_000)));
        assertEquals("x.x:1:1: found #if " + "!".repeat(40) + "..., expected a condition of numbers, names, defined, !, &&, || and"
                + " parentheses", Reading.message("#if " + "!".repeat(10_000) + "1"));
    }
}
