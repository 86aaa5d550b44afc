package io.evpl.xdr.compiler;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.Program.Procedure;
import io.evpl.xdr.compiler.model.Program.Version;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A specification whose strings are all bytes. */
final class StringsAsBytes {
    private StringsAsBytes() {
    }

    static Specification in(Specification specification) {
        Map<String, Definition> definitions = new LinkedHashMap<>(specification.definitions());
        definitions.replaceAll((name, definition) -> in(definition));
        return new Specification(specification.file(), specification.constants(), definitions,
                specification.programs().stream().map(StringsAsBytes::in).toList(), specification.passedThrough());
    }

    private static Definition in(Definition definition) {
        if (definition instanceof StructDefinition struct) {
            return new StructDefinition(struct.name(), struct.position(), struct.comment(), struct.fields().stream().map(StringsAsBytes::in).toList());
        } else if (definition instanceof UnionDefinition union) {
            return new UnionDefinition(union.name(), union.position(), union.comment(), union.discriminant(),
                    union.arms().stream().map(StringsAsBytes::in).toList(), union.otherwise().map(StringsAsBytes::in));
        } else if (definition instanceof TypedefDefinition typedef) {
            return new TypedefDefinition(typedef.name(), typedef.position(), typedef.comment(), in(typedef.type()));
        }
        assert definition instanceof EnumDefinition : definition;
        return definition;
    }

    private static Arm in(Arm arm) {
        return new Arm(arm.labels(), arm.value().map(StringsAsBytes::in));
    }

    private static Field in(Field field) {
        return new Field(field.name(), in(field.type()), field.comment());
    }

    private static Type in(Type type) {
        if (type instanceof Type.Text text) {
            return new Type.Text(text.maxBytes(), true);
        } else if (type instanceof Type.FixedArray array) {
            return new Type.FixedArray(in(array.element()), array.count());
        } else if (type instanceof Type.VariableArray array) {
            return new Type.VariableArray(in(array.element()), array.maxCount());
        } else if (type instanceof Type.Optional optional) {
            return new Type.Optional(in(optional.of()));
        }
        return type;
    }

    private static Program in(Program program) {
        List<Version> versions = program.versions().stream().map(version -> new Version(version.name(), version.position(), version.comment(),
                version.number(), version.procedures().stream().map(StringsAsBytes::in).toList())).toList();
        return new Program(program.name(), program.position(), program.comment(), program.number(), versions);
    }

    private static Procedure in(Procedure procedure) {
        return new Procedure(procedure.name(), procedure.position(), procedure.comment(), procedure.number(), in(procedure.result()),
                procedure.arguments().stream().map(StringsAsBytes::in).toList());
    }
}
