package io.evpl.xdr.compiler.java;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.Set;

/** The text of one Java file as it grows: lines, their indentation, imports, comments. */
final class JavaSource {
    /** Lines are broken before they become longer. */
    private static final int COLUMNS = 120;
    private static final String STEP = "    ";

    private final String packageName;
    private final String origin;
    private final Set<String> imports = new TreeSet<>();
    private final StringBuilder body = new StringBuilder();
    private int depth;

    /** @param origin the .x file, for the first line */
    JavaSource(String packageName, String origin) {
        this.packageName = packageName;
        this.origin = origin;
    }

    /** Imports a class; returns its simple name. */
    String use(String className) {
        int dot = className.lastIndexOf('.');
        if (!className.substring(0, dot).equals(packageName) && !className.startsWith("java.lang.")) {
            imports.add(className);
        }
        return className.substring(dot + 1);
    }

    /** A statement or any other line, broken behind a comma if it is too long. */
    JavaSource line(String text) {
        String rest = text;
        String indent = STEP.repeat(depth);
        while (indent.length() + rest.length() > COLUMNS) {
            int cut = lastComma(rest, COLUMNS - indent.length());
            if (cut < 0) {
                break;
            }
            body.append(indent).append(rest, 0, cut + 1).append('\n');
            rest = rest.substring(cut + 2);
            indent = STEP.repeat(depth + 2);
        }
        body.append(rest.isEmpty() ? "" : indent).append(rest).append('\n');
        return this;
    }

    /** The last comma before a column that is not within a string; -1 if there is none. */
    private static int lastComma(String text, int before) {
        boolean quoted = false;
        int found = -1;
        for (int i = 0; i + 1 < Math.min(text.length(), before); i++) {
            if (text.charAt(i) == '"') {
                quoted = !quoted;
            } else if (!quoted && text.startsWith(", ", i)) {
                found = i;
            }
        }
        return found;
    }

    /** A line of a comment, which is not broken here. */
    private void comment(String text) {
        body.append(STEP.repeat(depth)).append(text).append('\n');
    }

    JavaSource blank() {
        return line("");
    }

    /** A line that ends with a brace, behind which all is indented until {@link #close}. */
    JavaSource open(String text) {
        line(text + " {");
        depth++;
        return this;
    }

    JavaSource close() {
        return close("");
    }

    JavaSource close(String rest) {
        depth--;
        return line("}" + rest);
    }

    /** Goes on behind one block with the next: {@code } else {}. */
    JavaSource reopen(String text) {
        depth--;
        line("} " + text + " {");
        depth++;
        return this;
    }

    /** {@code head item, item, item tail}, on as many lines as it takes. */
    JavaSource items(String head, List<String> items, String tail) {
        for (String line : broken(head, items, tail)) {
            line(line);
        }
        return this;
    }

    /** As {@link #items}, and a brace. */
    JavaSource openItems(String head, List<String> items, String tail) {
        items(head, items, tail + " {");
        depth++;
        return this;
    }

    private List<String> broken(String head, List<String> items, String tail) {
        int columns = COLUMNS - STEP.length() * depth;
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(head);
        for (int i = 0; i < items.size(); i++) {
            String item = items.get(i) + (i < items.size() - 1 ? "," : tail);
            if (line.length() + 1 + item.length() > columns && !line.toString().isBlank()) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder(STEP + STEP);
            } else if (i > 0) {
                line.append(' ');
            }
            line.append(item);
        }
        lines.add(items.isEmpty() ? head + tail : line.toString());
        return lines;
    }

    /** A documentation comment of paragraphs and tags; nothing if there is neither. */
    JavaSource javadoc(List<String> paragraphs, List<String> tags) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : paragraphs) {
            if (!paragraph.isBlank()) {
                if (!lines.isEmpty()) {
                    lines.add("");
                }
                String[] parts = paragraph.strip().split("\n");
                for (int i = 0; i < parts.length; i++) {
                    lines.add((i == 0 && !lines.isEmpty() ? "<p>" : "") + parts[i].stripTrailing());
                }
            }
        }
        if (!lines.isEmpty() && !tags.isEmpty()) {
            lines.add("");
        }
        tags.forEach(tag -> lines.addAll(words(tag, COLUMNS - STEP.length() * depth - 3)));
        if (lines.isEmpty()) {
            return this;
        }
        if (lines.size() == 1 && lines.get(0).length() < COLUMNS - STEP.length() * depth - 8) {
            comment("/** " + lines.get(0) + " */");
            return this;
        }
        comment("/**");
        lines.forEach(each -> comment(each.isEmpty() ? " *" : " * " + each));
        comment(" */");
        return this;
    }

    /** Broken between words, what follows further in. */
    private static List<String> words(String text, int columns) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > columns && !line.toString().isBlank()) {
                lines.add(line.toString());
                line = new StringBuilder(STEP);
            }
            line.append(line.toString().isBlank() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    JavaSource javadoc(String paragraph) {
        return javadoc(List.of(paragraph), List.of());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("// Generated from " + origin + " by evpl's XDR compiler: change that, not this.\n");
        if (!packageName.isEmpty()) {
            text.append("package ").append(packageName).append(";\n\n");
        }
        imports.forEach(each -> text.append("import ").append(each).append(";\n"));
        return text.append(imports.isEmpty() ? "" : "\n").append(body).toString();
    }
}
