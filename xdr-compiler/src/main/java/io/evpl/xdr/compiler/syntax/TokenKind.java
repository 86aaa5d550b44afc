package io.evpl.xdr.compiler.syntax;

/** What a token is. */
enum TokenKind {
    NAME,
    KEYWORD,
    NUMBER,
    /** In quotes. */
    TEXT,
    /** {@code @name}, bare or in a comment of its own. */
    ANNOTATION,
    SYMBOL,
    /** Another file's tokens come here. */
    INCLUDE,
    END
}
