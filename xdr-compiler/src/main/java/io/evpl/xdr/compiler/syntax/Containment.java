package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Types that have no end: a struct that holds itself other than by an optional or a variable array; a union all of whose arms do; a
 * typedef of nothing but typedefs.
 */
final class Containment {
    private enum Mark {
        OPEN, DONE
    }

    /** A type, and those within it that were not looked at yet. */
    private record Step(Definition definition, Deque<String> rest) {
    }

    private final Map<String, Definition> definitions;
    private final Faults faults;
    private final Map<String, Mark> marks = new HashMap<>();

    Containment(Map<String, Definition> definitions, Faults faults) {
        this.definitions = definitions;
        this.faults = faults;
    }

    void check() {
        for (Definition definition : definitions.values()) {
            walk(definition);
        }
        marks.clear();
        for (Definition definition : definitions.values()) {
            if (definition instanceof TypedefDefinition typedef && !hasReportedCycle) {
                walkTypedefs(typedef);
            }
        }
    }

    private boolean hasReportedCycle;

    /** Depth first, with a stack of its own: a chain of structs may be as long as the file. */
    private void walk(Definition start) {
        if (marks.containsKey(start.name())) {
            return;
        }
        Deque<Step> path = new ArrayDeque<>();
        enter(start, path);
        while (!path.isEmpty()) {
            Step top = path.peek();
            if (top.rest.isEmpty()) {
                marks.put(top.definition.name(), Mark.DONE);
                path.pop();
                continue;
            }
            Definition inner = definitions.get(top.rest.pop());
            if (inner == null) {
                continue; // unknown, which has been reported
            }
            Mark mark = marks.get(inner.name());
            if (mark == null) {
                enter(inner, path);
            } else if (mark == Mark.OPEN) {
                report(inner, path);
            }
        }
    }

    private void enter(Definition definition, Deque<Step> path) {
        marks.put(definition.name(), Mark.OPEN);
        path.push(new Step(definition, new ArrayDeque<>(heldBy(definition))));
    }

    private void report(Definition first, Deque<Step> path) {
        List<String> names = new ArrayList<>();
        for (Step step : path) {
            names.add(0, step.definition.name());
            if (step.definition == first) {
                break;
            }
        }
        names.add(first.name());
        hasReportedCycle = true;
        faults.add(first.position(), "found " + first.name() + " within itself (" + String.join(" > ", names)
                + "), expected an optional (*) or a variable array (<>) on the way: it has no end");
    }

    /** The names of what is in every value of this type. */
    private static List<String> heldBy(Definition definition) {
        List<String> held = new ArrayList<>();
        if (definition instanceof StructDefinition struct) {
            struct.fields().forEach(field -> addHeld(field.type(), held));
        } else if (definition instanceof UnionDefinition union) {
            addArms(union, held);
        } else if (definition instanceof TypedefDefinition typedef) {
            addHeld(typedef.type(), held);
        } else if (!(definition instanceof EnumDefinition)) {
            throw new AssertionError(definition);
        }
        return held;
    }

    /** An arm of its own type is no trouble as long as another one is not: values end there. */
    private static void addArms(UnionDefinition union, List<String> held) {
        List<Arm> arms = new ArrayList<>(union.arms());
        union.otherwise().ifPresent(arms::add);
        if (arms.size() == 1) {
            arms.get(0).value().ifPresent(value -> addHeld(value.type(), held));
        }
    }

    private static void addHeld(Type type, List<String> held) {
        if (type instanceof Type.Named named) {
            held.add(named.name());
        } else if (type instanceof Type.FixedArray array && array.count() > 0) {
            addHeld(array.element(), held);
        }
    }

    /** {@code typedef a *a}: nothing but decoration, whatever it is. */
    private void walkTypedefs(TypedefDefinition start) {
        List<String> passed = new ArrayList<>();
        Definition each = start;
        while (each instanceof TypedefDefinition typedef && marks.get(each.name()) == null) {
            marks.put(each.name(), Mark.OPEN);
            passed.add(each.name());
            String next = innermost(typedef.type());
            each = next == null ? null : definitions.get(next);
        }
        if (each instanceof TypedefDefinition && marks.get(each.name()) == Mark.OPEN) {
            faults.add(each.position(), "found the typedef " + each.name() + " in its own definition, expected a type that is not made of it");
        }
        passed.forEach(name -> marks.put(name, Mark.DONE));
    }

    private static String innermost(Type type) {
        if (type instanceof Type.Named named) {
            return named.name();
        } else if (type instanceof Type.Optional optional) {
            return innermost(optional.of());
        } else if (type instanceof Type.FixedArray array) {
            return innermost(array.element());
        } else if (type instanceof Type.VariableArray array) {
            return innermost(array.element());
        }
        return null;
    }
}
