package io.evpl.linux;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What must be compared: {@code layout/rows.txt} joined with every {@code static final} number of the classes in
 * io.evpl.linux and below, found by reflection.
 */
final class LayoutRows {
    private static final String ROOT = "io.evpl.linux";
    private static final String NO_DEFAULT = "-";

    /**
     * @param name       class and constant, {@code socket.SockAddr.IN_BYTES}; or class and expression of an "also" line
     * @param expression in C
     * @param field      null for an "also" line
     * @param number     of an "also" line
     */
    record Row(String name, String expression, Field field, long number) {
        /** The number that the class uses on that CPU: of EVENT_BYTES that is eventBytes(arch), if there is one. */
        long value(String arch) {
            try {
                if (field == null) {
                    return number;
                }
                for (var method : field.getDeclaringClass().getDeclaredMethods()) {
                    if (method.getName().equals(camelCase(field.getName())) && method.getParameterCount() == 1
                            && method.getParameterTypes()[0] == String.class) {
                        method.setAccessible(true);
                        return ((Number) method.invoke(null, arch)).longValue();
                    }
                }
                return valueHere();
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(name, e);
            }
        }

        /** The number that the class uses on this machine. */
        long valueHere() {
            try {
                return field == null ? number : ((Number) field.get(null)).longValue();
            } catch (IllegalAccessException e) {
                throw new AssertionError(name, e);
            }
        }

        /** @return whether {@code c} is this number, seen as a C int, unsigned int or long long */
        boolean is(long c, long java) {
            boolean narrow = field == null || field.getType() != long.class;
            return c == java || narrow && c == (java & 0xffffffffL);
        }
    }

    final List<Row> rows = new ArrayList<>();
    /** Constants in the classes that rows.txt does not cover. */
    final List<String> missing = new ArrayList<>();
    /** Lines of rows.txt without a constant in the classes. */
    final List<String> stale = new ArrayList<>();

    private final Map<String, String> prefixes = new LinkedHashMap<>();
    /** Line by class and constant; the value is an expression, or null for a number of ours. */
    private final Map<String, String> lines = new LinkedHashMap<>();

    LayoutRows() throws IOException {
        parse();
        Map<String, Field> fields = fields();
        fields.forEach(this::join);
        lines.keySet().stream().filter(name -> !fields.containsKey(name)).forEach(stale::add);
    }

    private void parse() throws IOException {
        String section = "";
        for (String line : resource("rows.txt")) {
            if (line.startsWith("[")) {
                section = line.substring(1, line.indexOf(']'));
                prefixes.put(section, line.substring(line.indexOf(']') + 1).strip());
            } else if (line.startsWith("also ")) {
                String[] sides = line.substring("also ".length()).split(" = ", 2);
                rows.add(new Row(section + ": " + sides[1], sides[1], null, Long.decode(sides[0])));
            } else if (line.contains(" own ")) {
                lines.put(section + "." + line.substring(0, line.indexOf(' ')), null);
            } else {
                String[] sides = line.split(" = ", 2);
                lines.put(section + "." + sides[0], sides[1]);
            }
        }
    }

    private void join(String name, Field field) {
        String prefix = prefixes.get(name.substring(0, name.lastIndexOf('.')));
        if (lines.containsKey(name)) {
            String expression = lines.get(name);
            if (expression != null) {
                rows.add(new Row(name, expression, field, 0));
            }
        } else if (prefix == null || prefix.equals(NO_DEFAULT)) {
            missing.add(name);
        } else {
            rows.add(new Row(name, prefix + field.getName(), field, 0));
        }
    }

    /** Private ones too: an offset is no less wrong for being private. */
    private static Map<String, Field> fields() throws IOException {
        Map<String, Field> fields = new TreeMap<>();
        for (Class<?> type : classes()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && Modifier.isFinal(field.getModifiers())
                        && field.getType().isPrimitive() && field.getType() != boolean.class && !field.isSynthetic()) {
                    field.setAccessible(true);
                    fields.put(type.getName().substring(ROOT.length() + 1) + "." + field.getName(), field);
                }
            }
        }
        return fields;
    }

    private static List<Class<?>> classes() throws IOException {
        Path root = classesRoot();
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root.resolve(ROOT.replace('.', '/')))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                String name = root.relativize(file).toString().replace('/', '.');
                if (!name.endsWith("package-info.class")) {
                    classes.add(Class.forName(name.substring(0, name.length() - ".class".length()), false,
                            LayoutRows.class.getClassLoader()));
                }
            }
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
        return classes;
    }

    private static Path classesRoot() {
        try {
            return Path.of(Errno.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Lines of a file in {@code layout/} that are neither empty nor comments. */
    static List<String> resource(String file) throws IOException {
        try (var in = LayoutRows.class.getResourceAsStream("/layout/" + file)) {
            return in == null ? List.of() : new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
        }
    }

    private static String camelCase(String constant) {
        StringBuilder name = new StringBuilder();
        for (String word : constant.split("_")) {
            name.append(name.isEmpty() ? word.toLowerCase() : word.charAt(0) + word.substring(1).toLowerCase());
        }
        return name.toString();
    }
}
