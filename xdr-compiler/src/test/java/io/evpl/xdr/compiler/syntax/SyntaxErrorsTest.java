package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each error of the grammar with its exact message: errors.txt has the input, and behind {@code ->} what must be said of it. */
class SyntaxErrorsTest {
    private record Case(String input, String messages) {
    }

    private static List<Case> cases() throws IOException {
        String all;
        try (InputStream resource = SyntaxErrorsTest.class.getResourceAsStream("errors.txt")) {
            all = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Case> cases = new ArrayList<>();
        for (String paragraph : all.split("\n\n+")) {
            if (paragraph.isBlank() || paragraph.strip().startsWith("====")) {
                continue;
            }
            StringBuilder input = new StringBuilder();
            StringBuilder messages = new StringBuilder();
            for (String line : paragraph.strip().split("\n")) {
                StringBuilder part = line.startsWith("-> ") ? messages : input;
                part.append(part.isEmpty() ? "" : "\n").append(line.startsWith("-> ") ? line.substring(3) : line);
            }
            cases.add(new Case(input.toString(), messages.toString()));
        }
        return cases;
    }

    @TestFactory
    Stream<DynamicTest> eachErrorHasItsMessage() throws IOException {
        return cases().stream().map(each -> DynamicTest.dynamicTest(each.input, () -> {
            XdrSyntaxException thrown = assertThrows(XdrSyntaxException.class, () -> SpecificationReader.read("t.x", each.input));
            assertEquals(each.messages, thrown.getMessage());
        }));
    }

    @Test
    void thereAreMoreThanThreeHundredCases() throws IOException {
        assertTrue(cases().size() > 300, () -> "a table that was read wrongly would test nothing");
    }

    @Test
    void aThousandFaultsAreNotAllReported() {
        String text = "struct s { unknown x; };\n".repeat(1_000);
        XdrSyntaxException thrown = assertThrows(XdrSyntaxException.class, () -> SpecificationReader.read("t.x", text));
        assertEquals(100, thrown.faults().size());
    }
}
