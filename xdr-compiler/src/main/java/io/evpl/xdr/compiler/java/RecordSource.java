package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Type;
import java.util.ArrayList;
import java.util.List;

/** What a struct and an arm of a union have in common: a record, compared by content. */
final class RecordSource {
    private final JavaTypes types;
    private final JavaSource source;

    RecordSource(JavaTypes types, JavaSource source) {
        this.types = types;
        this.source = source;
    }

    /** The head, with an open brace. */
    void open(String modifiers, String name, List<Field> fields, String implemented) {
        List<String> components = fields.stream().map(field -> types.java(field.type(), source) + " " + JavaNames.field(field.name())).toList();
        source.openItems(modifiers + "record " + name + "(", components, ")" + implemented);
    }

    /** The tags of Javadoc for the fields. */
    List<String> tags(List<Field> fields) {
        List<String> tags = new ArrayList<>();
        for (Field field : fields) {
            String declared = "{@code " + JavaComments.declaration(field.type(), field.name()) + "}";
            String comment = JavaComments.oneLine(field.comment());
            String unsigned = isUnsigned(field.type()) && !declared.contains("unsigned") ? ", unsigned" : "";
            String note = unsigned + (types.resolved(field.type()) instanceof Type.Optional && !types.isLinkedList(field.type()) ? "; null if absent" : "");
            tags.add("@param " + JavaNames.field(field.name()) + " " + declared + note + (comment.isEmpty() ? "" : ": " + comment));
        }
        return tags;
    }

    private boolean isUnsigned(Type type) {
        Type shape = types.resolved(type);
        return shape == Type.Scalar.UNSIGNED_INT || shape == Type.Scalar.UNSIGNED_HYPER;
    }

    /** The methods that a record with arrays needs; false if it has none. */
    boolean content(String name, List<Field> fields) {
        if (fields.stream().noneMatch(field -> types.holdsArrays(field.type()))) {
            return false;
        }
        source.use("io.evpl.xdr.XdrContent");
        source.line("@Override").open("public boolean equals(Object other)");
        source.line("return other instanceof " + name + " that");
        for (int i = 0; i < fields.size(); i++) {
            source.line("        && " + equal(fields.get(i)) + (i == fields.size() - 1 ? ";" : ""));
        }
        source.close().blank();
        source.line("@Override").open("public int hashCode()");
        source.line("int hash = 0;");
        fields.forEach(field -> source.line("hash = 31 * hash + " + hash(field) + ";"));
        source.line("return hash;").close().blank();
        source.line("@Override").open("public String toString()");
        for (int i = 0; i < fields.size(); i++) {
            source.line((i == 0 ? "return \"" + name + "[" : "        + \", ") + shown(fields.get(i)));
        }
        source.line("        + ']';");
        source.close();
        return true;
    }

    private String equal(Field field) {
        String name = JavaNames.field(field.name());
        String own = JavaNames.own(name);
        String both = "(" + own + ", that." + name + ")";
        if (types.resolved(field.type()) instanceof Type.Scalar scalar) {
            return switch (scalar) {
                case FLOAT -> "Float.compare" + both + " == 0";
                case DOUBLE -> "Double.compare" + both + " == 0";
                case QUADRUPLE -> "XdrContent.equal" + both;
                case INT, UNSIGNED_INT, HYPER, UNSIGNED_HYPER, BOOL -> own + " == that." + name;
            };
        }
        return "XdrContent.equal" + both;
    }

    private String hash(Field field) {
        String name = JavaNames.own(JavaNames.field(field.name()));
        return types.isPrimitive(field.type()) ? types.boxed(field.type(), source) + ".hashCode(" + name + ")" : "XdrContent.hash(" + name + ")";
    }

    private String shown(Field field) {
        String name = JavaNames.field(field.name());
        return name + "=\" + " + (types.holdsArrays(field.type()) ? "XdrContent.toString(" + JavaNames.own(name) + ")" : JavaNames.own(name));
    }
}
