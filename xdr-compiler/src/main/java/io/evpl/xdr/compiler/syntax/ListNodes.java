package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Linked lists whose pointer has a name of its own: {@code typedef entry *list; struct entry { ...; list next; }}. */
final class ListNodes {
    private ListNodes() {
    }

    /** Lets the last field of such a struct say itself what it is, which {@link StructDefinition#isListNode()} looks for. */
    static void unwrapTypedefs(Map<String, Definition> definitions) {
        definitions.replaceAll((name, definition) -> definition instanceof StructDefinition struct ? unwrapped(struct, definitions) : definition);
    }

    private static StructDefinition unwrapped(StructDefinition struct, Map<String, Definition> definitions) {
        if (struct.fields().isEmpty()) {
            return struct;
        }
        int lastIndex = struct.fields().size() - 1;
        Field last = struct.fields().get(lastIndex);
        Type type = withoutTypedefs(last.type(), definitions);
        boolean isNext = type instanceof Type.Optional optional && withoutTypedefs(optional.of(), definitions) instanceof Type.Named named
                && named.name().equals(struct.name());
        if (!isNext) {
            return struct;
        }
        List<Field> fields = new ArrayList<>(struct.fields());
        fields.set(lastIndex, new Field(last.name(), new Type.Optional(new Type.Named(struct.name())), last.comment()));
        return new StructDefinition(struct.name(), struct.position(), struct.comment(), List.copyOf(fields));
    }

    private static Type withoutTypedefs(Type type, Map<String, Definition> definitions) {
        Type each = type;
        Set<String> passed = new HashSet<>();
        while (each instanceof Type.Named named && definitions.get(named.name()) instanceof TypedefDefinition typedef
                && passed.add(named.name())) {
            each = typedef.type();
        }
        return each;
    }
}
