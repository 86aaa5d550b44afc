package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the text is, it is read or refused with its place, and soon. Seeded: a failure names the text. */
class MutationFuzzTest {
    private static final int RUNS = 10_000;

    private static final String RIGHT = """
            /* doc */
            const N = 0x10; const M = N;
            #
            #ifdef RPC_HDR
            %#define K N+1
            #elif 0 || !defined(X)
            #include "other.x"
            #else
            #endif
            enum colour { RED = 0, GREEN = -2, BLUE };
            /*@lenient*/ enum tint { DARK };
            typedef opaque a[4]; typedef a b<>; typedef struct node *list;
            struct node { string name<N>; @ddp opaque data<>; b c[2]; list next; };
            union u switch (colour c) { case RED: case BLUE: struct { node *n; u *more; } arm; default: void; };
            program P { version V { u GET(node, int<3>) = 1; void SET(string) = 2; } = 1; } = 0x20000000;
            """;

    private static final List<String> WORDS = List.of("struct", "union", "enum", "switch", "case", "default", "void", "opaque", "string", "int",
            "unsigned", "hyper", "typedef", "const", "program", "version", "{", "}", "(", ")", "[", "]", "<", ">", ";", ":", ",", "=", "*", "@ddp",
            "@bytes", "@lenient", "/*", "*/", "//", "\n", "\n#if ", "\n#else\n", "\n#endif\n", "\n%", "\n#include \"other.x\"\n", "\n#define N ", "\"",
            "-", "0", "08", "4294967295", "99999999999999999999", "a", "b", "u", "node", "colour", "N", "RED", "TRUE", "\uFEFF", "\0", "\\\n", "\r",
            "\ud800");

    /** Whether it is right. */
    private static boolean read(String text) {
        try {
            SpecificationReader.read("x.x", text, false,
                    path -> path.equals("other.x") ? Optional.of("struct other { u x; };") : Optional.empty());
            return true;
        } catch (XdrSyntaxException e) {
            assertTrue(e.getMessage().startsWith("x.x:") || e.getMessage().startsWith("other.x:"), e.getMessage());
            return false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("<<<" + text + ">>>", e);
        }
    }

    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(RIGHT);
        for (int i = random.nextInt(5); i >= 0; i--) {
            int at = random.nextInt(text.length());
            int to = Math.min(text.length(), at + random.nextInt(20));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, WORDS.get(random.nextInt(WORDS.size())));
                case 2 -> text.insert(random.nextInt(text.length()), text.substring(at, to));
                case 3 -> text.setCharAt(at, (char) random.nextInt(256));
                default -> text.replace(at, Math.min(text.length(), at + 1), " " + WORDS.get(random.nextInt(WORDS.size())) + " ");
            }
        }
        return text.toString();
    }

    @Test
    void mutatedTextIsReadOrRefused() {
        Random random = new Random(4506);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertTrue(read(RIGHT));
            int right = 0;
            for (int i = 0; i < RUNS; i++) {
                right += read(mutated(random)) ? 1 : 0;
            }
            assertTrue(right > RUNS / 100 && right < RUNS / 2, right + " were right");
        });
    }

    @Test
    void wordsInAnyOrderAreReadOrRefused() {
        Random random = new Random(5531);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < RUNS; i++) {
                List<String> words = new ArrayList<>();
                for (int j = random.nextInt(60); j >= 0; j--) {
                    words.add(WORDS.get(random.nextInt(WORDS.size())));
                }
                read(String.join(" ", words));
            }
        });
    }

    /** As above, but most of it can be parsed, so that the names' rules are reached: with ten names for everything. */
    @Test
    void definitionsWithAnyNamesAreResolvedOrRefused() {
        Random random = new Random(1833);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            int right = 0;
            for (int i = 0; i < RUNS; i++) {
                StringBuilder text = new StringBuilder();
                for (int j = random.nextInt(8); j >= 0; j--) {
                    text.append(definition(random)).append('\n');
                }
                right += read(text.toString()) ? 1 : 0;
            }
            assertTrue(right > RUNS / 100 && right < RUNS / 2, right + " were right");
        });
    }

    private static String name(Random random) {
        return "n" + random.nextInt(10);
    }

    private static String value(Random random) {
        return random.nextBoolean() ? name(random) : String.valueOf(random.nextInt(6) - 1);
    }

    private static String field(Random random) {
        String type = random.nextInt(3) == 0 ? "int" : random.nextInt(4) == 0 ? "struct " + name(random) : name(random);
        return switch (random.nextInt(5)) {
            case 0 -> type + " *" + name(random);
            case 1 -> type + " " + name(random) + "<" + value(random) + ">";
            case 2 -> type + " " + name(random) + "[" + value(random) + "]";
            default -> type + " " + name(random);
        };
    }

    private static String definition(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "const " + name(random) + " = " + value(random) + ";";
            case 1 -> "enum " + name(random) + " { " + name(random) + " = " + value(random) + ", " + name(random) + " };";
            case 2 -> "struct " + name(random) + " { " + field(random) + "; " + field(random) + "; };";
            case 3 -> "typedef " + field(random) + ";";
            case 4 -> "union " + name(random) + " switch (" + (random.nextBoolean() ? name(random) : "bool") + " d) { case " + value(random)
                    + ": " + field(random) + "; case " + value(random) + ": void; };";
            default -> "program " + name(random) + " { version V { " + name(random) + " P(" + name(random) + ", " + name(random) + ") = "
                    + value(random) + "; } = " + value(random) + "; } = " + value(random) + ";";
        };
    }
}
