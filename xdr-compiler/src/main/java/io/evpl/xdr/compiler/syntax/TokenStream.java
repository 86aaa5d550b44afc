package io.evpl.xdr.compiler.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** The tokens of a file and, in their places, of those that it includes. */
final class TokenStream {
    private record Open(String file, Lexer lexer) {
    }

    private final SourceFiles files;
    private final Directives directives = new Directives();
    private final Deque<Open> open = new ArrayDeque<>();
    /** A second inclusion is nothing but duplicate names, so that no file needs a guard. */
    private final Set<String> read = new HashSet<>();

    TokenStream(String file, String text, SourceFiles files) {
        this.files = files;
        push(file, text);
    }

    Directives directives() {
        return directives;
    }

    Token next() {
        while (true) {
            Token token = open.peek().lexer.next();
            if (token.kind() == TokenKind.INCLUDE) {
                include(token);
            } else if (token.kind() == TokenKind.END && open.size() > 1) {
                open.pop();
            } else {
                return token;
            }
        }
    }

    private void push(String file, String text) {
        read.add(file);
        open.push(new Open(file, new Lexer(file, text, directives)));
    }

    private void include(Token include) {
        String path = SourceFiles.beside(open.peek().file, include.text());
        if (read.contains(path)) {
            return;
        }
        String text = files.find(path).orElseThrow(() -> new XdrSyntaxException(include.position(),
                "found #include of " + include.text() + ", but there is no readable file " + path));
        push(path, text);
    }
}
