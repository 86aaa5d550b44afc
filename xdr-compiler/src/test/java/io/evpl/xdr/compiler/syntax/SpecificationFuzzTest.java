package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the text is: a specification comes out, or {@link XdrSyntaxException}. */
class SpecificationFuzzTest {
    private static final String[] WORDS = {"const", "enum", "struct", "union", "switch", "case", "default", "typedef", "program", "version",
        "int", "unsigned", "hyper", "opaque", "string", "void", "bool", "zcopaque", "@ddp", "/*@bytes*/", "x", "y", "s", "TRUE", "1", "-1",
        "0x10", "077", "4294967296", "{", "}", "(", ")", "[", "]", "<", ">", ";", ":", ",", "=", "*", "\n#define x 1\n", "\n%line\n",
        "\n#ifdef x\n", "\n#endif\n", "\n#else\n", "/*", "*/", "//", "\"", "\\", "\0", "\u00e9"};

    private static final String RIGHT = """
            const N = 4;
            enum e { A = 1, B = N };
            typedef string name<N>;
            struct list { name x; list *next; };
            union u switch (e d) { case A: list *all; case B: opaque y[N]; };
            struct s { u in<>; struct { bool z; } inner; @ddp opaque data<>; };
            program P { version V { void NOTHING(void) = 0; s ECHO(s, int) = 1; } = 1; } = 0x20000001;
            """;

    private int read;

    private void tryText(String text) {
        try {
            SpecificationReader.read("t.x", text);
            read++;
        } catch (XdrSyntaxException e) {
            assertTrue(e.getMessage().startsWith("t.x:"), e::getMessage);
        }
    }

    @Test
    void wordsInAnyOrderAreReadOrRefused() {
        Random random = new Random(4506);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int wordCount = 1 + random.nextInt(30);
            for (int k = 0; k < wordCount; k++) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(4) == 0 ? "" : " ");
            }
            tryText(text.toString());
        }
    }

    @Test
    void aRightTextWithChangesIsReadOrRefused() {
        Random random = new Random(5531);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(RIGHT);
            int changes = random.nextInt(4);
            for (int k = 0; k < changes; k++) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, WORDS[random.nextInt(WORDS.length)]);
                    default -> text.setCharAt(at, (char) (random.nextInt(10) == 0 ? random.nextInt(0x10000) : 32 + random.nextInt(96)));
                }
            }
            tryText(text.toString());
        }
        assertTrue(read > 5_000, () -> read + " of the texts were right ones");
    }
}
