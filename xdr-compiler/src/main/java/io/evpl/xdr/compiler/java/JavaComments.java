package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Type;
import java.util.Locale;

/** What is said of things in Javadoc: the comments of a .x file, and how a type is written there. */
final class JavaComments {
    private JavaComments() {
    }

    /** A comment as text that Javadoc shows as it is. */
    static String escaped(String comment) {
        return comment.replace("&", "&amp;").replace("\\", "&#92;").replace("<", "&lt;").replace(">", "&gt;")
                .replace("@", "&#64;").replace("{", "&#123;").replace("*/", "*&#47;").strip();
    }

    /** A comment on one line. */
    static String oneLine(String comment) {
        return escaped(comment).replaceAll("\\s*\n\\s*", " ");
    }

    /** A field as it was declared, such as {@code opaque data<64>}. */
    static String declaration(Type type, String name) {
        if (type instanceof Type.Scalar scalar) {
            return scalar(scalar) + " " + name;
        } else if (type instanceof Type.FixedOpaque opaque) {
            return "opaque " + name + "[" + opaque.sizeBytes() + "]";
        } else if (type instanceof Type.VariableOpaque opaque) {
            return "opaque " + name + bound(opaque.maxBytes());
        } else if (type instanceof Type.Text text) {
            return "string " + name + bound(text.maxBytes());
        } else if (type instanceof Type.FixedArray array) {
            return declaration(array.element(), name) + "[" + array.count() + "]";
        } else if (type instanceof Type.VariableArray array) {
            return declaration(array.element(), name) + bound(array.maxCount());
        } else if (type instanceof Type.Optional optional) {
            return declaration(optional.of(), "*" + name);
        } else if (type instanceof Type.Named named) {
            return named.name() + " " + name;
        }
        return "void";
    }

    private static String scalar(Type.Scalar scalar) {
        return scalar.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String bound(long max) {
        return max == Type.UNBOUNDED ? "<>" : "<" + max + ">";
    }
}
