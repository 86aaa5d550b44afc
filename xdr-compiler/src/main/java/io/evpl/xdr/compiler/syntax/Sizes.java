package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.model.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether each type has values that come to an end. A struct has if all its fields have, a union if one of its arms has: the list of
 * RFC 4506 section 4.19, written with a union, is right. Without recursion, so that the longest chain of types is no trouble.
 */
final class Sizes {
    private final Map<String, Definition> definitions;
    private final List<Program> programs;
    private final Faults faults;
    /** The fewest bytes of each type that was found to be finite. */
    private final Map<String, Long> leastBytes = new HashMap<>();
    /** For each struct, how many of its fields' types were not found to be finite yet. */
    private final Map<String, Integer> missing = new HashMap<>();
    private final Map<String, List<String>> usedBy = new HashMap<>();
    private final Set<String> reported = new HashSet<>();

    Sizes(Map<String, Definition> definitions, List<Program> programs, Faults faults) {
        this.definitions = definitions;
        this.programs = programs;
        this.faults = faults;
    }

    void check() {
        Set<String> walkedTypedefs = new HashSet<>();
        definitions.values().forEach(definition -> checkTypedef(definition, walkedTypedefs));
        findFinite();
        Set<String> walked = new HashSet<>();
        for (Definition definition : definitions.values()) {
            if (!leastBytes.containsKey(definition.name())) {
                reportCycle(definition.name(), walked);
            }
        }
        // What has no end has no size either.
        for (Program program : leastBytes.size() == definitions.size() ? programs : List.<Program>of()) {
            program.versions().stream().flatMap(version -> version.procedures().stream()).forEach(this::checkProcedure);
        }
    }

    private void checkProcedure(Program.Procedure procedure) {
        allowed(procedure.position(), "arguments of " + procedure.name(),
                procedure.arguments().stream().mapToLong(this::leastBytes).reduce(0, Sizes::sum));
        allowed(procedure.position(), "a result of " + procedure.name(), leastBytes(procedure.result()));
    }

    // ---- typedefs have no Java type of their own, so that one must not be made of itself in any way

    private void checkTypedef(Definition definition, Set<String> walked) {
        List<String> path = new ArrayList<>();
        Definition each = definition;
        while (each instanceof TypedefDefinition typedef && walked.add(each.name())) {
            path.add(each.name());
            each = definitions.get(name(typedef.type()));
        }
        int start = each instanceof TypedefDefinition ? path.indexOf(each.name()) : -1;
        if (start >= 0) {
            List<String> cycle = path.subList(start, path.size());
            reported.addAll(cycle);
            faults.add(each.position(), "found the typedef " + each.name() + " made of itself: " + String.join(" -> ", cycle)
                    + " -> " + each.name() + ", expected a struct on the way");
        }
    }

    /** The name that a type is made of, in whatever shape; empty if there is none. */
    private static String name(Type type) {
        Type each = type;
        while (!(each instanceof Type.Named)) {
            if (each instanceof Type.Optional optional) {
                each = optional.of();
            } else if (each instanceof Type.VariableArray array) {
                each = array.element();
            } else if (each instanceof Type.FixedArray array) {
                each = array.element();
            } else {
                return "";
            }
        }
        return ((Type.Named) each).name();
    }

    // ---- what is finite

    /** The name of the type whose value is within each value of this one; empty if there is none, or if it is not defined. */
    private String within(Type type) {
        Type each = type;
        while (each instanceof Type.FixedArray array && array.count() > 0) {
            each = array.element();
        }
        return each instanceof Type.Named named && definitions.containsKey(named.name()) ? named.name() : "";
    }

    private static List<Type> parts(Definition definition) {
        List<Type> parts = new ArrayList<>();
        if (definition instanceof StructDefinition struct) {
            struct.fields().forEach(field -> parts.add(field.type()));
        } else if (definition instanceof TypedefDefinition typedef) {
            parts.add(typedef.type());
        } else if (definition instanceof UnionDefinition union) {
            union.arms().forEach(arm -> parts.add(content(arm)));
            union.otherwise().ifPresent(arm -> parts.add(content(arm)));
        }
        return parts;
    }

    private static Type content(Arm arm) {
        return arm.value().map(Field::type).orElse(new Type.Nothing());
    }

    private void findFinite() {
        Deque<String> finite = new ArrayDeque<>();
        for (Definition definition : definitions.values()) {
            int unknown = 0;
            boolean ends = false;
            for (Type part : parts(definition)) {
                String name = within(part);
                if (name.isEmpty()) {
                    ends = true;
                } else {
                    unknown++;
                    usedBy.computeIfAbsent(name, key -> new ArrayList<>()).add(definition.name());
                }
            }
            missing.put(definition.name(), unknown);
            if (unknown == 0 || ends && definition instanceof UnionDefinition) {
                finite.add(definition.name());
            }
        }
        while (!finite.isEmpty()) {
            String name = finite.poll();
            if (!leastBytes.containsKey(name)) {
                leastBytes.put(name, leastBytes(definitions.get(name)));
                for (String user : usedBy.getOrDefault(name, List.of())) {
                    if (missing.merge(user, -1, Integer::sum) == 0 || definitions.get(user) instanceof UnionDefinition) {
                        finite.add(user);
                    }
                }
            }
        }
    }

    private long leastBytes(Definition definition) {
        long bytes = 4;
        if (definition instanceof UnionDefinition) {
            bytes += parts(definition).stream().mapToLong(this::leastBytes).min().orElse(0);
        } else if (!(definition instanceof Definition.EnumDefinition)) {
            bytes = parts(definition).stream().mapToLong(this::leastBytes).reduce(0, Sizes::sum);
        }
        return allowed(definition.position(), definition.name(), bytes);
    }

    /** No message is longer. What is has been said then, and counts for nothing in what holds it. */
    private long allowed(SourcePosition position, String what, long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            faults.add(position, "found " + what + " of " + bytes + " bytes at least, expected at most " + Integer.MAX_VALUE);
            return 0;
        }
        return bytes;
    }

    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private long leastBytes(Type type) {
        if (type instanceof Type.Named named) {
            // Of a union's arms that are not known yet none is the shortest: one is known.
            return definitions.containsKey(named.name()) ? leastBytes.getOrDefault(named.name(), (long) Integer.MAX_VALUE) : 0;
        }
        if (type instanceof Type.FixedArray array) {
            long element = leastBytes(array.element());
            return array.count() > 0 && element > Long.MAX_VALUE / array.count() ? Long.MAX_VALUE : array.count() * element;
        }
        if (type instanceof Type.FixedOpaque opaque) {
            return (opaque.sizeBytes() + 3) / 4 * 4;
        }
        if (type instanceof Type.Scalar scalar) {
            return switch (scalar) {
                case INT, UNSIGNED_INT, FLOAT, BOOL -> 4;
                case HYPER, UNSIGNED_HYPER, DOUBLE -> 8;
                case QUADRUPLE -> 16;
            };
        }
        return type instanceof Type.Nothing ? 0 : 4;
    }

    // ---- what is not

    /** Each type here has a part that is not finite: following it, the way comes back to itself sooner or later. */
    private void reportCycle(String start, Set<String> walked) {
        Map<String, Integer> indexes = new HashMap<>();
        List<String> names = new ArrayList<>();
        List<String> steps = new ArrayList<>();
        String name = start;
        while (!indexes.containsKey(name)) {
            if (!walked.add(name) || reported.contains(name)) {
                return; // leads to what was said before
            }
            indexes.put(name, names.size());
            names.add(name);
            name = nextOf(definitions.get(name), steps);
        }
        List<String> cycle = steps.subList(indexes.get(name), steps.size());
        Definition first = definitions.get(name);
        faults.add(first.position(), "found " + name + " within itself: " + String.join(" -> ", cycle) + " -> " + name
                + ", which has no end; expected a \"*\" or \"<>\" on the way");
    }

    private String nextOf(Definition definition, List<String> steps) {
        List<Field> fields = new ArrayList<>();
        if (definition instanceof StructDefinition struct) {
            fields.addAll(struct.fields());
        } else if (definition instanceof UnionDefinition union) {
            union.arms().forEach(arm -> arm.value().ifPresent(fields::add));
            union.otherwise().flatMap(Arm::value).ifPresent(fields::add);
        } else if (definition instanceof TypedefDefinition typedef) {
            steps.add(definition.name());
            return within(typedef.type());
        }
        for (Field field : fields) {
            String name = within(field.type());
            if (!name.isEmpty() && !leastBytes.containsKey(name)) {
                steps.add(definition.name() + "." + field.name());
                return name;
            }
        }
        throw new AssertionError("finite: " + definition);
    }
}
