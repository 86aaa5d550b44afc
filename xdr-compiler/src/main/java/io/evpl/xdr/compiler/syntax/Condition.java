package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What follows #if: names, numbers, {@code defined}, !, &&, || and parentheses, as in C. */
final class Condition {
    /** No file has more; each takes a frame of the stack. */
    private static final int DEPTH = 50;
    private static final Pattern WORD = Pattern.compile("\\s*([A-Za-z_0-9]+|&&|\\|\\||[!()])");

    private final SourcePosition position;
    private final String text;
    private final Map<String, Directives.Macro> macros;
    private final Matcher words;
    private String word;
    private int depth;

    Condition(SourcePosition position, String text, Map<String, Directives.Macro> macros) {
        this.position = position;
        this.text = text;
        this.macros = macros;
        this.words = WORD.matcher(text);
        advance();
    }

    boolean isTrue() {
        boolean value = either();
        if (word != null) {
            throw fault();
        }
        return value;
    }

    private void advance() {
        int from = word == null ? 0 : words.end();
        words.region(from, text.length());
        if (words.lookingAt()) {
            word = words.group(1);
        } else if (text.substring(from).isBlank()) {
            word = null;
        } else {
            throw fault();
        }
    }

    private boolean take(String expected) {
        boolean found = expected.equals(word);
        if (found) {
            advance();
        }
        return found;
    }

    private boolean either() {
        boolean value = both();
        while (take("||")) {
            value |= both();
        }
        return value;
    }

    private boolean both() {
        boolean value = single();
        while (take("&&")) {
            value &= single();
        }
        return value;
    }

    private boolean single() {
        if (word == null || ++depth > DEPTH) {
            throw fault();
        }
        boolean value;
        if (take("!")) {
            value = !single();
        } else if (take("(")) {
            value = either();
            close();
        } else if (take("defined")) {
            boolean open = take("(");
            value = macros.containsKey(name());
            if (open) {
                close();
            }
        } else {
            value = isNotZero(name());
        }
        depth--;
        return value;
    }

    private void close() {
        if (!take(")")) {
            throw fault();
        }
    }

    private String name() {
        if (word == null || !Character.isLetterOrDigit(word.charAt(0)) && word.charAt(0) != '_') {
            throw fault();
        }
        String name = word;
        advance();
        return name;
    }

    private boolean isNotZero(String name) {
        String value = name;
        if (!Character.isDigit(name.charAt(0))) {
            Directives.Macro macro = macros.get(name);
            value = macro == null ? "0" : macro.text();
        }
        if (!Numbers.isNumber(value)) {
            throw fault();
        }
        return !Numbers.of(value).equals(BigInteger.ZERO);
    }

    private XdrSyntaxException fault() {
        return new XdrSyntaxException(position, ("found #if " + Lexer.shortened(text)).strip()
                + ", expected a condition of numbers, names, defined, !, &&, || and parentheses");
    }
}
