package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;

/** The tokens of one file. Lines that begin with # and % go to {@link Directives}, which says what of the file is there at all. */
final class Lexer {
    private static final char END = '\0';
    private static final String SYMBOLS = "{}()[]<>;:,=*";

    private final String file;
    private final String text;
    private final Directives directives;
    private final Comments comments = new Comments();
    /** Annotations that a comment held. */
    private final Deque<Token> waiting = new ArrayDeque<>();
    private int at;
    private int line = 1;
    private int lineStart;
    /** Whether something other than blanks and comments was in this line. */
    private boolean lineBegun;
    /** Where the token before ended. */
    private int previousLine;

    Lexer(String file, String text, Directives directives) {
        this.file = file;
        // A byte order mark, which some editors write before UTF-8.
        this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
        this.directives = directives;
        directives.fileBegins();
    }

    Token next() {
        while (waiting.isEmpty()) {
            if (at >= text.length()) {
                directives.fileEnds();
                return token(TokenKind.END, "", null, position());
            }
            if (!lineBegun && isDirective()) {
                SourcePosition start = position();
                String included = directives.hash(start, directiveLine());
                if (included != null) {
                    return token(TokenKind.INCLUDE, included, null, start);
                }
            } else if (!lineBegun && peek(0) == '%') {
                directives.percent(position(), restOfLine().substring(1));
            } else if (directives.isSkipping()) {
                skipOne();
            } else if (!skipBlank()) {
                lineBegun = true;
                return word();
            }
        }
        return waiting.poll();
    }

    private SourcePosition position() {
        return new SourcePosition(file, line, at - lineStart + 1);
    }

    private char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : END;
    }

    /** Takes a character, and counts lines: \n, \r\n and \r end one. */
    private char take() {
        char c = text.charAt(at++);
        if (c == '\n' || c == '\r' && peek(0) != '\n') {
            line++;
            lineStart = at;
            lineBegun = false;
        }
        return c;
    }

    private boolean isDirective() {
        return peek(0) == '#';
    }

    private Token token(TokenKind kind, String word, BigInteger value, SourcePosition position) {
        Token token = new Token(kind, word, position, value, comments.before(previousLine, position.line()),
                comments.after(previousLine, position.line()));
        comments.clear();
        previousLine = line;
        return token;
    }

    // ---- what stands between tokens

    /** One blank, line end or comment, if there is one here. */
    private boolean skipBlank() {
        char c = peek(0);
        if (c == '/' && (peek(1) == '*' || peek(1) == '/')) {
            comment(false);
            return true;
        }
        // \f and \v part pages in some RFCs' files.
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\u000B') {
            take();
            return true;
        }
        return false;
    }

    /** Within a part that is not there only comments matter: an #endif in one does not count. */
    private void skipOne() {
        if (!skipBlank()) {
            take();
            lineBegun = true;
        }
    }

    private void comment(boolean skipped) {
        SourcePosition start = position();
        boolean toEndOfLine = peek(1) == '/';
        int end = toEndOfLine ? endOfLine() : text.indexOf("*/", at + 2);
        if (end < 0) {
            throw new XdrSyntaxException(start, "found a comment that does not end, expected \"*/\"");
        }
        boolean begun = lineBegun;
        String body = text.substring(at + 2, end);
        SourcePosition inner = new SourcePosition(file, start.line(), start.column() + 2);
        int stop = toEndOfLine ? end : end + 2;
        while (at < stop) {
            take();
        }
        // What follows a comment that began after other words is not the beginning of a line, even if the comment took several.
        lineBegun = begun;
        if (!skipped && !directives.isSkipping()) {
            if (Comments.isAnnotation(body)) {
                annotations(inner, body);
            } else {
                comments.add(body, start, line, toEndOfLine);
            }
        }
    }

    private void annotations(SourcePosition start, String body) {
        int from = body.indexOf('@');
        while (from >= 0) {
            int to = from + 1;
            while (to < body.length() && isWordPart(body.charAt(to))) {
                to++;
            }
            SourcePosition position = new SourcePosition(file, start.line(), start.column() + from);
            waiting.add(token(TokenKind.ANNOTATION, body.substring(from + 1, to), null, position));
            from = body.indexOf('@', to);
        }
    }

    private int endOfLine() {
        int end = at;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    /** What is left of the line, joined with the next one where a backslash ends it, as C does. */
    private String restOfLine() {
        StringBuilder words = new StringBuilder();
        while (true) {
            int end = endOfLine();
            boolean continued = end > at && text.charAt(end - 1) == '\\' && end < text.length();
            words.append(text, at, continued ? end - 1 : end);
            at = end;
            if (at < text.length() && take() == '\r' && peek(0) == '\n') {
                take();
            }
            if (!continued) {
                return words.toString();
            }
        }
    }

    /** A line of the C preprocessor, without its comments. One that goes on in the next lines is skipped here too. */
    private String directiveLine() {
        StringBuilder words = new StringBuilder();
        while (at < text.length()) {
            char c = peek(0);
            if (c == '/' && (peek(1) == '*' || peek(1) == '/')) {
                comment(true);
                words.append(' ');
            } else if (c == '\\' && (peek(1) == '\n' || peek(1) == '\r')) {
                take();
                if (take() == '\r' && peek(0) == '\n') {
                    take();
                }
            } else if (c == '\n' || c == '\r') {
                break;
            } else {
                words.append(take());
            }
        }
        return words.toString();
    }

    // ---- tokens

    private Token word() {
        SourcePosition start = position();
        char c = peek(0);
        if (isWordStart(c)) {
            String word = takeWord();
            return token(Words.KEYWORDS.contains(word) ? TokenKind.KEYWORD : TokenKind.NAME, word, null, start);
        }
        if (isDigit(c) || c == '-' && isDigit(peek(1))) {
            return number(start);
        }
        if (c == '@' && isWordStart(peek(1))) {
            take();
            return token(TokenKind.ANNOTATION, takeWord(), null, start);
        }
        if (c == '"') {
            return quoted(start);
        }
        if (SYMBOLS.indexOf(c) >= 0) {
            take();
            return token(TokenKind.SYMBOL, String.valueOf(c), null, start);
        }
        throw new XdrSyntaxException(start, "found " + characterAt(at) + ", expected a word of the language");
    }

    private String takeWord() {
        int from = at;
        while (isWordPart(peek(0))) {
            at++;
        }
        return text.substring(from, at);
    }

    private Token number(SourcePosition start) {
        int from = at++;
        while (isWordPart(peek(0)) || peek(0) == '.') {
            at++;
        }
        String digits = text.substring(from, at);
        if (!Numbers.isNumber(digits)) {
            throw new XdrSyntaxException(start, "found " + shortened(digits) + ", " + Numbers.fault(digits));
        }
        return token(TokenKind.NUMBER, digits, Numbers.of(digits), start);
    }

    private Token quoted(SourcePosition start) {
        int end = endOfLine();
        for (int i = at + 1; i < end; i++) {
            if (text.charAt(i) == '"') {
                String body = text.substring(at + 1, i);
                at = i + 1;
                return token(TokenKind.TEXT, body, null, start);
            }
        }
        throw new XdrSyntaxException(start, "found a text that does not end in its line, expected a \"");
    }

    private String characterAt(int index) {
        int c = text.codePointAt(index);
        String name = String.format("U+%04X", c);
        return c > 0x20 && c < 0x7F ? "the character " + (char) c
                : Character.isLetterOrDigit(c) ? "the character " + Character.toString(c) + " (" + name + ")"
                : "the character " + name;
    }

    static String shortened(String word) {
        return word.length() <= 40 ? word : word.substring(0, 40) + "...";
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || isDigit(c);
    }
}
