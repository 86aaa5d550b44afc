package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;

/** The next token, and what a parser asks of it. */
final class TokenReader {
    private final TokenStream tokens;
    private Token current;

    TokenReader(TokenStream tokens) {
        this.tokens = tokens;
        this.current = tokens.next();
    }

    Token current() {
        return current;
    }

    SourcePosition position() {
        return current.position();
    }

    boolean at(String word) {
        return current.is(word);
    }

    boolean at(TokenKind kind) {
        return current.kind() == kind;
    }

    /** Returns the current token, and goes on to the next one. */
    Token take() {
        Token taken = current;
        current = tokens.next();
        return taken;
    }

    /** Takes the word if it is the current token. */
    boolean takes(String word) {
        boolean found = at(word);
        if (found) {
            take();
        }
        return found;
    }

    Token expect(String word) {
        if (!at(word)) {
            throw unexpected(quoted(word));
        }
        return take();
    }

    Token expectName(String what) {
        if (!at(TokenKind.NAME)) {
            throw unexpected(what);
        }
        return take();
    }

    XdrSyntaxException unexpected(String expected) {
        return new XdrSyntaxException(position(), "found " + Lexer.shortened(current.described()) + ", expected " + expected);
    }

    /** The comment of what began with the first and ended with the last token: the one before it, or else the one behind it in its line. */
    String comment(Token first, Token last) {
        return !first.comment().isEmpty() ? first.comment()
                : current.commentOfPrevious().isEmpty() ? last.comment() : current.commentOfPrevious();
    }

    static String quoted(String word) {
        return Character.isLetter(word.charAt(0)) ? word : '"' + word + '"';
    }
}
