package io.evpl.xdr.compiler.syntax;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The annotations before one declaration. Each is taken by what it is for; one that is left is in a wrong place. */
final class Annotations {
    private final Map<String, Token> tokens = new LinkedHashMap<>();
    private final List<Token> taken = new ArrayList<>();

    void readFrom(TokenReader reader) {
        while (reader.at(TokenKind.ANNOTATION)) {
            Token token = reader.take();
            if (!Words.ANNOTATIONS.contains(token.text())) {
                throw new XdrSyntaxException(token.position(), "found the annotation @" + Lexer.shortened(token.text())
                        + ", expected @bytes, @ddp, @lenient, @strict or @zerocopy" + Words.hint(token.text(), Words.ANNOTATIONS, "@"));
            }
            if (tokens.putIfAbsent(token.text(), token) != null) {
                throw new XdrSyntaxException(token.position(), "found the annotation @" + token.text() + " twice, expected it once");
            }
        }
    }

    boolean take(String name) {
        Token token = tokens.remove(name);
        if (token != null) {
            taken.add(token);
        }
        return token != null;
    }

    /** An opaque with what was said of it; whether its length is a variable one follows, and {@link #refuseTaken} if it is not. */
    Syntax.Bytes opaque(String keyword) {
        boolean zeroCopy = take("zerocopy");
        boolean ddpEligible = take("ddp");
        return new Syntax.Bytes(keyword, zeroCopy || ddpEligible || keyword.equals("zcopaque"), ddpEligible, false);
    }

    /** @param byDefault if it is neither @lenient nor @strict */
    boolean takeLenient(boolean byDefault) {
        Token lenient = tokens.remove("lenient");
        Token strict = tokens.remove("strict");
        if (lenient != null && strict != null) {
            throw new XdrSyntaxException(strict.position(), "found the annotations @lenient and @strict, expected one of them");
        }
        return lenient != null || strict == null && byDefault;
    }

    /** To be called when all that the declaration can have was taken. */
    void refuseRest() {
        refuse(tokens.values());
    }

    void refuseTaken() {
        refuse(taken);
    }

    private static void refuse(Collection<Token> tokens) {
        for (Token token : tokens) {
            throw new XdrSyntaxException(token.position(), "found the annotation @" + token.text() + ", expected it before "
                    + place(token.text()));
        }
    }

    private static String place(String name) {
        return switch (name) {
            case "zerocopy", "ddp" -> "an opaque of variable length: opaque x<n>";
            case "bytes" -> "a string";
            default -> "the definition of an enum";
        };
    }
}
