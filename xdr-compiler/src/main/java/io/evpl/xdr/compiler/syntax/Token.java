package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import java.math.BigInteger;

/**
 * A word of the language.
 *
 * @param text as in the file; without its mark for an annotation, without its quotes for a text
 * @param value of a number, else null
 * @param comment that stands right before it and belongs to what begins here
 * @param commentOfPrevious that stands right after the token before this one, in the same line
 */
record Token(TokenKind kind, String text, SourcePosition position, BigInteger value, String comment, String commentOfPrevious) {
    boolean is(String word) {
        return (kind == TokenKind.SYMBOL || kind == TokenKind.KEYWORD) && text.equals(word);
    }

    /** For messages. */
    String described() {
        return switch (kind) {
            case NAME, NUMBER -> text;
            case KEYWORD -> "the keyword " + text;
            case TEXT -> "a text in quotes";
            case ANNOTATION -> "the annotation @" + text;
            case SYMBOL -> '"' + text + '"';
            case INCLUDE -> "#include";
            case END -> "the end of the file";
        };
    }
}
