package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The comments between two tokens, and which of the two each belongs to. */
final class Comments {
    /** Nothing but annotations: SCCS marks such as {@code @(#)rex.x} are not. */
    private static final Pattern ANNOTATIONS = Pattern.compile("[ \\t]*@[A-Za-z]\\w*([ \\t]+@[A-Za-z]\\w*)*[ \\t]*");

    private record Comment(String text, int firstLine, int lastLine, boolean toEndOfLine) {
    }

    private final List<Comment> comments = new ArrayList<>();

    static boolean isAnnotation(String body) {
        // The likeness first: the pattern's work on a megabyte of prose would be in vain.
        return body.length() < 200 && body.indexOf('@') >= 0 && ANNOTATIONS.matcher(body).matches();
    }

    void clear() {
        comments.clear();
    }

    void add(String body, SourcePosition first, int lastLine, boolean toEndOfLine) {
        comments.add(new Comment(body, first.line(), lastLine, toEndOfLine));
    }

    /** The one that follows a token in its line, if the next token does not. */
    String after(int previousLine, int nextLine) {
        for (Comment comment : comments) {
            if (comment.firstLine == previousLine && comment.lastLine != nextLine) {
                return clean(comment.text);
            }
        }
        return "";
    }

    /** The one that ends in the token's line or the line before; several of the // kind together are one. */
    String before(int previousLine, int nextLine) {
        int first = comments.size();
        int line = nextLine;
        while (first > 0) {
            Comment comment = comments.get(first - 1);
            boolean another = first < comments.size();
            boolean belongsToPrevious = comment.firstLine == previousLine && comment.lastLine != nextLine;
            if (belongsToPrevious || line - comment.lastLine > 1 || another && !comment.toEndOfLine) {
                break;
            }
            line = comment.firstLine;
            first--;
            if (!comment.toEndOfLine) {
                break;
            }
        }
        StringBuilder text = new StringBuilder();
        for (Comment comment : comments.subList(first, comments.size())) {
            text.append(text.length() == 0 ? "" : "\n").append(comment.text);
        }
        return clean(text.toString());
    }

    /** Without the stars at the beginnings of the lines, and without empty lines around it. */
    static String clean(String body) {
        StringBuilder text = new StringBuilder();
        for (String line : body.split("\r\n|\r|\n", -1)) {
            String words = line.strip();
            int stars = 0;
            while (stars < words.length() && words.charAt(stars) == '*') {
                stars++;
            }
            text.append(words.substring(stars).strip()).append('\n');
        }
        return text.toString().strip();
    }
}
