package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.model.Type.Scalar;

/** Refuses the one shape that RFC 4506 allows and Java has no form for: an optional of an optional. */
final class ShapeCheck {
    /** What a constructor takes, {@code this} aside: JVMS section 4.3.3. A long and a double count twice. */
    private static final int CONSTRUCTOR_SLOTS = 254;

    private final Specification specification;
    private final JavaTypes types;

    ShapeCheck(Specification specification, JavaTypes types) {
        this.specification = specification;
        this.types = types;
    }

    void run() {
        for (Definition definition : specification.definitions().values()) {
            if (definition instanceof StructDefinition struct) {
                struct.fields().forEach(field -> check(definition, field));
                checkSlots(struct);
            } else if (definition instanceof UnionDefinition union) {
                JavaTypes.arms(union).forEach(arm -> arm.value().ifPresent(field -> check(definition, field)));
            } else if (definition instanceof TypedefDefinition typedef) {
                check(definition, typedef.name(), typedef.type());
            }
        }
    }

    private void checkSlots(StructDefinition struct) {
        int slots = struct.fields().size() - (struct.isListNode() ? 1 : 0);
        for (Field field : struct.fields()) {
            Type type = types.resolved(field.type());
            slots += type == Scalar.HYPER || type == Scalar.UNSIGNED_HYPER || type == Scalar.DOUBLE ? 1 : 0;
        }
        if (slots > CONSTRUCTOR_SLOTS) {
            throw new UnsupportedShapeException(struct.position(), struct.name() + " has " + struct.fields().size() + " fields, more than a record"
                    + " of Java can: put some of them into a struct of their own, which has the same bytes");
        }
    }

    private void check(Definition definition, Field field) {
        check(definition, definition.name() + "." + field.name(), field.type());
    }

    private void check(Definition definition, String what, Type type) {
        Type shape = types.resolved(type);
        if (shape instanceof Type.Optional optional && !types.isLinkedList(shape)) {
            if (types.resolved(optional.of()) instanceof Type.Optional inner && !types.isListNode(inner.of())) {
                throw new UnsupportedShapeException(definition.position(), what
                        + " is an optional of an optional, for which Java has only one null: put the inner one into a struct");
            }
            check(definition, what, optional.of());
        } else if (shape instanceof Type.FixedArray array) {
            check(definition, what, array.element());
        } else if (shape instanceof Type.VariableArray array) {
            check(definition, what, array.element());
        }
    }
}
