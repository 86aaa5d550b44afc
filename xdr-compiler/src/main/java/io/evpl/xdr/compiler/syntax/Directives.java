package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of the C preprocessor, and those that begin with % and are for a C compiler.
 *
 * <p>What a specification needs of C is the constants and the files: {@code #define} of a number, {@code #include}, conditions.
 * RPC_HDR, RPC_XDR and rpcgen's other names for its outputs are not defined. What its header would define and include, in lines with
 * %, is noted nevertheless, and used where a name is not found: rpcgen's own files count on it.
 */
final class Directives {
    /** A part of the text between #if and #endif. */
    private static final class Section {
        private final SourcePosition position;
        private final String directive;
        private final boolean outerThere;
        private boolean there;
        private boolean wasThere;
        private boolean otherwise;
        /** Skipped, but it is what C's compiler sees of the header. */
        private boolean header;

        Section(SourcePosition position, String directive, boolean outerThere) {
            this.position = position;
            this.directive = directive;
            this.outerThere = outerThere;
        }
    }

    /** @param text a number, a name, or a sum of them */
    record Macro(SourcePosition position, String text) {
    }

    private static final List<String> DIRECTIVES = List.of("if", "ifdef", "ifndef", "elif", "else", "endif", "define", "undef",
            "include", "error", "pragma", "ident", "line");
    private static final Pattern DEFINE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(\\(?)(.*)", Pattern.DOTALL);
    private static final Pattern INCLUDE = Pattern.compile("(?:\"([^\"]+)\"|<([^>]+)>)\\s*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Deque<Section> sections = new ArrayDeque<>();
    private final Deque<Integer> depthAtFileStart = new ArrayDeque<>();
    private final Map<String, Macro> macros = new LinkedHashMap<>();
    private final Map<String, Macro> macrosOfC = new LinkedHashMap<>();
    private final Set<String> headers = new LinkedHashSet<>();
    private final List<String> passedThrough = new ArrayList<>();

    boolean isSkipping() {
        return !sections.isEmpty() && !sections.peek().there;
    }

    /** A name that only C would know; null if it does not either. */
    Macro macro(String name) {
        return macros.getOrDefault(name, macrosOfC.get(name));
    }

    /** Headers that C would include, in order. */
    Set<String> headers() {
        return headers;
    }

    List<String> passedThrough() {
        return passedThrough;
    }

    void passThrough(String line) {
        passedThrough.add(line);
    }

    void fileBegins() {
        depthAtFileStart.push(sections.size());
    }

    void fileEnds() {
        if (sections.size() > depthAtFileStart.pop()) {
            Section open = sections.peek();
            throw new XdrSyntaxException(open.position, "found #" + open.directive + " without an end, expected #endif");
        }
    }

    /** A line that began with %, without it. */
    void percent(SourcePosition position, String line) {
        if (!isSkipping()) {
            passedThrough.add(line);
        }
        String words = line.strip();
        if (!words.startsWith("#") || isSkipping() && !sections.peek().header) {
            return;
        }
        words = words.substring(1).strip();
        Matcher define = DEFINE.matcher(argument(words, "define"));
        if (define.matches() && define.group(2).isEmpty()) {
            macrosOfC.putIfAbsent(define.group(1), new Macro(position, withoutComments(define.group(3)).strip()));
        }
        Matcher include = INCLUDE.matcher(withoutComments(argument(words, "include")));
        if (include.matches()) {
            headers.add(include.group(1) != null ? include.group(1) : include.group(2));
        }
    }

    private static String argument(String words, String directive) {
        return words.startsWith(directive) ? words.substring(directive.length()).strip() : "";
    }

    private static String withoutComments(String words) {
        int start = words.indexOf("/*");
        int toEnd = words.indexOf("//");
        int end = start < 0 ? toEnd : toEnd < 0 ? start : Math.min(start, toEnd);
        return end < 0 ? words : words.substring(0, end).strip();
    }

    /** A line that began with #, with it. Returns the name of a file that is to be read here, or null. */
    String hash(SourcePosition position, String line) {
        String words = line.substring(1).strip();
        Matcher name = NAME.matcher(words);
        if (words.isEmpty() || Character.isDigit(words.charAt(0))) {
            return null; // the null directive; a line mark that cpp wrote
        }
        if (!name.lookingAt()) {
            throw unknown(position, words);
        }
        String rest = words.substring(name.end()).strip();
        switch (name.group()) {
            case "if" -> open(position, "if", isSkipping() || condition(position, rest), isHeader(rest));
            case "ifdef" -> open(position, "ifdef", macros.containsKey(nameOf(position, "ifdef", rest)), isHeader(rest));
            case "ifndef" -> open(position, "ifndef", !macros.containsKey(nameOf(position, "ifndef", rest)), false);
            case "elif" -> otherwise(position, "elif", rest);
            case "else" -> otherwise(position, "else", null);
            case "endif" -> {
                current(position, "endif");
                sections.pop();
            }
            default -> {
                return isSkipping() ? null : command(position, name.group(), rest);
            }
        }
        return null;
    }

    private String command(SourcePosition position, String name, String rest) {
        switch (name) {
            case "define" -> define(position, rest);
            case "undef" -> macros.remove(nameOf(position, "undef", rest));
            case "include" -> {
                Matcher include = INCLUDE.matcher(rest);
                if (!include.matches()) {
                    throw new XdrSyntaxException(position, ("found #include " + Lexer.shortened(rest)).strip()
                            + ", expected a file's name in quotes");
                }
                return include.group(1) != null ? include.group(1) : include.group(2);
            }
            case "error" -> throw new XdrSyntaxException(position, "found #error: " + rest);
            case "pragma", "ident", "line" -> {
                return null;
            }
            default -> throw unknown(position, name);
        }
        return null;
    }

    private static XdrSyntaxException unknown(SourcePosition position, String words) {
        String word = words.split("\\s", 2)[0];
        return new XdrSyntaxException(position, "found #" + Lexer.shortened(word)
                + ", expected #if, #ifdef, #ifndef, #elif, #else, #endif, #define, #undef or #include" + Words.hint(word, DIRECTIVES, "#"));
    }

    private void define(SourcePosition position, String rest) {
        Matcher define = DEFINE.matcher(rest);
        if (!define.matches()) {
            throw new XdrSyntaxException(position, ("found #define " + Lexer.shortened(rest)).strip()
                    + ", expected a name after #define");
        }
        if (!define.group(2).isEmpty()) {
            throw new XdrSyntaxException(position, "found #define " + define.group(1) + "(, expected a number: macros with parameters are"
                    + " C's, begin the line with % to pass it on");
        }
        macros.put(define.group(1), new Macro(position, define.group(3).strip()));
    }

    private static String nameOf(SourcePosition position, String directive, String rest) {
        Matcher name = NAME.matcher(rest);
        if (!name.lookingAt()) {
            throw new XdrSyntaxException(position, "found #" + directive + " without a name, expected one");
        }
        return name.group();
    }

    // ---- conditions

    private static boolean isHeader(String condition) {
        return condition.replaceAll("defined|[()\\s]", "").equals("RPC_HDR");
    }

    private boolean condition(SourcePosition position, String words) {
        return new Condition(position, words, macros).isTrue();
    }

    private void open(SourcePosition position, String directive, boolean holds, boolean header) {
        Section section = new Section(position, directive, !isSkipping());
        section.there = section.outerThere && holds;
        section.wasThere = section.there;
        section.header = header && !section.there && (section.outerThere || sections.peek().header);
        sections.push(section);
    }

    private Section current(SourcePosition position, String directive) {
        if (sections.size() <= depthAtFileStart.peek()) {
            throw new XdrSyntaxException(position, "found #" + directive + " without #if, #ifdef or #ifndef before it");
        }
        return sections.peek();
    }

    /** @param condition null for #else */
    private void otherwise(SourcePosition position, String directive, String condition) {
        Section section = current(position, directive);
        if (section.otherwise) {
            throw new XdrSyntaxException(position, "found #" + directive + " after #else, expected #endif");
        }
        section.otherwise = condition == null;
        section.header = false;
        section.there = section.outerThere && !section.wasThere && (condition == null || condition(position, condition));
        section.wasThere |= section.there;
    }
}
