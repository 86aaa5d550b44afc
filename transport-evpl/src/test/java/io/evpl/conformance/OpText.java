package io.evpl.conformance;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Operations as text, a line each, as failures show them and regressions store them. */
final class OpText {
    private static final Pattern LINE = Pattern.compile("(\\w+)\\[(.*)]");

    private OpText() {
    }

    static String format(List<Op> ops) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ops.size(); i++) {
            text.append(String.format("%3d %s%n", i, ops.get(i)));
        }
        return text.toString();
    }

    /** The reverse of {@link #format}; numbers before operations are ignored. */
    static List<Op> parse(String text) {
        return text.lines().map(line -> line.replaceFirst("^\\s*\\d*\\s*", "")).filter(line -> !line.isBlank())
                .map(OpText::parseLine).toList();
    }

    private static Op parseLine(String line) {
        Matcher matcher = LINE.matcher(line.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not an operation: " + line);
        }
        Map<String, String> values = new TreeMap<>();
        for (String value : matcher.group(2).split(",\\s*")) {
            String[] parts = value.split("=", 2);
            values.put(parts[0], parts[parts.length - 1]);
        }
        Class<?> type = Arrays.stream(Op.class.getPermittedSubclasses())
                .filter(one -> one.getSimpleName().equals(matcher.group(1))).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such operation: " + line));
        return make(type, values);
    }

    private static Op make(Class<?> type, Map<String, String> values) {
        List<Class<?>> types = new ArrayList<>();
        List<Object> arguments = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            types.add(component.getType());
            arguments.add(value(component.getType(), values.get(component.getName())));
        }
        try {
            return (Op) type.getDeclaredConstructor(types.toArray(Class<?>[]::new)).newInstance(arguments.toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type + " " + values, e);
        }
    }

    private static Object value(Class<?> type, String text) {
        if (type == int.class) {
            return Integer.valueOf(text);
        }
        if (type == boolean.class) {
            return Boolean.valueOf(text);
        }
        return Arrays.stream(type.getEnumConstants()).filter(one -> one.toString().equals(text)).findFirst().orElseThrow();
    }

    /** Everything there is to generate: each operation, and each of its choices. */
    static Set<String> everyChoice() {
        Set<String> choices = new TreeSet<>();
        for (Class<?> type : Op.class.getPermittedSubclasses()) {
            choices.add(type.getSimpleName());
            for (RecordComponent component : type.getRecordComponents()) {
                for (Object constant : constants(component.getType())) {
                    choices.add(choice(type, component, constant));
                }
            }
        }
        return choices;
    }

    private static List<Object> constants(Class<?> type) {
        return type == boolean.class ? List.of(false, true) : type.isEnum() ? List.of(type.getEnumConstants()) : List.of();
    }

    /** What of {@link #everyChoice()} an operation is. */
    static Set<String> choices(Op op) {
        Set<String> choices = new TreeSet<>(Set.of(op.getClass().getSimpleName()));
        for (RecordComponent component : op.getClass().getRecordComponents()) {
            if (!constants(component.getType()).isEmpty()) {
                choices.add(choice(op.getClass(), component, read(op, component)));
            }
        }
        if (op instanceof Op.Send send) {
            choices.add("Send.bytes=" + send.bytes());
        }
        return choices;
    }

    private static Object read(Op op, RecordComponent component) {
        try {
            return component.getAccessor().invoke(op);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static String choice(Class<?> type, RecordComponent component, Object value) {
        return type.getSimpleName() + '.' + component.getName() + '=' + value;
    }
}
