package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.model.Type.Scalar;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The Java that writes and reads a value: one statement, one expression. */
final class ValueCode {
    private static final String XDR_CODEC = "io.evpl.xdr.XdrCodec";

    private final JavaTypes types;
    private final JavaSource source;
    /** Codecs of elements that are no constant elsewhere, by their name in the class Elements. */
    private final Map<String, String> elements = new LinkedHashMap<>();

    ValueCode(JavaTypes types, JavaSource source) {
        this.types = types;
        this.source = source;
    }

    // ---- within a run -----------------------------------------------------------------------------------------------

    String put(Type type, String at, String value, String what) {
        Type shape = types.resolved(type);
        if (shape instanceof Scalar scalar) {
            return "out.put" + suffix(scalar) + "(" + at + ", " + value + (scalar == Scalar.QUADRUPLE ? ", " + what : "") + ");";
        } else if (shape instanceof Type.FixedOpaque opaque) {
            return "out.putFixedOpaque(" + at + ", " + value + ", " + opaque.sizeBytes() + ", " + what + ");";
        }
        return javaName(shape) + ".Codec.put(out, " + at + ", " + value + ");";
    }

    String get(Type type, String at, String what) {
        Type shape = types.resolved(type);
        if (shape instanceof Scalar scalar) {
            return "in.get" + suffix(scalar) + "(" + at + (scalar == Scalar.BOOL ? ", " + what : "") + ")";
        } else if (shape instanceof Type.FixedOpaque opaque) {
            return "in.getFixedOpaque(" + at + ", " + opaque.sizeBytes() + ", " + what + ")";
        }
        return javaName(shape) + ".Codec.get(in, " + at + ")";
    }

    // ---- by itself --------------------------------------------------------------------------------------------------

    String write(Type type, String value, String what, String elementName) {
        Type shape = types.resolved(type);
        if (shape instanceof Scalar scalar) {
            return "out.write" + suffix(scalar) + "(" + value + (scalar == Scalar.QUADRUPLE ? ", " + what : "") + ");";
        } else if (shape instanceof Type.FixedOpaque opaque) {
            return "out.writeFixedOpaque(" + value + ", " + opaque.sizeBytes() + ", " + what + ");";
        } else if (shape instanceof Type.VariableOpaque opaque) {
            return "out.write" + (opaque.zeroCopy() ? "Buffer(" : "Opaque(") + value + ", " + bound(opaque.maxBytes()) + ", " + what + ");";
        } else if (shape instanceof Type.Text text) {
            return "out.write" + (text.asBytes() ? "Opaque(" : "String(") + value + ", " + bound(text.maxBytes()) + ", " + what + ");";
        } else if (shape instanceof Type.FixedArray array) {
            return "out.writeFixed" + elements(array.element(), value, elementName) + ", " + array.count() + ", " + what + ");";
        } else if (shape instanceof Type.VariableArray array) {
            return "out.write" + elements(array.element(), value, elementName) + ", " + bound(array.maxCount()) + ", " + what + ");";
        } else if (shape instanceof Type.Optional optional && !types.isLinkedList(shape)) {
            return "out.writeOptional(" + value + ", " + element(optional.of(), elementName) + ");";
        }
        return codec(shape) + ".encode(out, " + value + ");";
    }

    private String elements(Type element, String value, String elementName) {
        return types.isPrimitive(element) ? plural(element) + "(" + value : "List(" + value + ", " + element(element, elementName);
    }

    String read(Type type, String what, String elementName) {
        Type shape = types.resolved(type);
        if (shape instanceof Scalar scalar) {
            return "in.read" + suffix(scalar) + "(" + what + ")";
        } else if (shape instanceof Type.FixedOpaque opaque) {
            return "in.readFixedOpaque(" + opaque.sizeBytes() + ", " + what + ")";
        } else if (shape instanceof Type.VariableOpaque opaque) {
            return "in.read" + (opaque.zeroCopy() ? "Buffer(" : "Opaque(") + bound(opaque.maxBytes()) + ", " + what + ")";
        } else if (shape instanceof Type.Text text) {
            return "in.read" + (text.asBytes() ? "Opaque(" : "String(") + bound(text.maxBytes()) + ", " + what + ")";
        } else if (shape instanceof Type.FixedArray array) {
            return "in.readFixed" + elements(array.element(), elementName) + array.count() + ", " + what + ")";
        } else if (shape instanceof Type.VariableArray array) {
            return "in.read" + elements(array.element(), elementName) + bound(array.maxCount()) + ", " + what + ")";
        } else if (shape instanceof Type.Optional optional && !types.isLinkedList(shape)) {
            return "in.readOptional(" + element(optional.of(), elementName) + ", " + what + ")";
        }
        return codec(shape) + ".decode(in)";
    }

    private String elements(Type element, String elementName) {
        return types.isPrimitive(element) ? plural(element) + "(" : "List(" + element(element, elementName) + ", ";
    }

    /** Null where nothing is to be released. */
    String release(Type type, String value, String elementName) {
        Type shape = types.resolved(type);
        if (!types.holdsBuffers(shape)) {
            return null;
        } else if (shape instanceof Type.VariableOpaque) {
            return source.use("io.netty.util.ReferenceCountUtil") + ".release(" + value + ");";
        } else if (shape instanceof Type.FixedArray array) {
            return releaseEach(array.element(), value, elementName);
        } else if (shape instanceof Type.VariableArray array) {
            return releaseEach(array.element(), value, elementName);
        } else if (shape instanceof Type.Optional optional && !types.isLinkedList(shape)) {
            return element(optional.of(), elementName) + ".release(" + value + ");";
        }
        return codec(shape) + ".release(" + value + ");";
    }

    private String releaseEach(Type element, String value, String elementName) {
        return "XdrCodec.releaseEach(" + value + ", " + element(element, elementName) + ");";
    }

    // ---- codecs -----------------------------------------------------------------------------------------------------

    /** The codec of elements: a constant of their own class, or one of the class Elements, which is made when it is first needed. */
    private String element(Type type, String elementName) {
        Type shape = types.resolved(type);
        String codec = codec(shape);
        if (shape instanceof Scalar || shape instanceof Type.Named || types.isLinkedList(shape)) {
            return codec;
        }
        elements.put(elementName, types.boxed(type, source) + "|" + codec);
        return "Elements." + elementName;
    }

    /** An expression for the codec of any type. */
    String codec(Type type) {
        Type shape = types.resolved(type);
        if (shape instanceof Type.Named named) {
            return types.names.type(named.name()) + ".CODEC";
        } else if (shape instanceof Type.Optional optional && types.isLinkedList(shape)) {
            return javaName(types.resolved(optional.of())) + ".LIST";
        }
        return source.use(XDR_CODEC) + "." + builtIn(shape);
    }

    private String builtIn(Type shape) {
        if (shape instanceof Scalar scalar) {
            return scalar.name();
        } else if (shape instanceof Type.FixedOpaque opaque) {
            return "fixedOpaque(" + opaque.sizeBytes() + ")";
        } else if (shape instanceof Type.VariableOpaque opaque) {
            return (opaque.ddpEligible() ? "ddpBuffer(" : opaque.zeroCopy() ? "buffer(" : "opaque(") + outerBound(opaque.maxBytes()) + ")";
        } else if (shape instanceof Type.Text text) {
            return (text.asBytes() ? "opaque(" : "string(") + outerBound(text.maxBytes()) + ")";
        } else if (shape instanceof Type.FixedArray array) {
            return types.isPrimitive(array.element()) ? "fixed" + plural(array.element()) + "(" + array.count() + ")"
                    : "fixedList(" + codec(array.element()) + ", " + array.count() + ")";
        } else if (shape instanceof Type.VariableArray array) {
            return types.isPrimitive(array.element())
                    ? plural(array.element()).toLowerCase(Locale.ROOT) + "(" + outerBound(array.maxCount()) + ")"
                    : "list(" + codec(array.element()) + ", " + outerBound(array.maxCount()) + ")";
        } else if (shape instanceof Type.Optional optional) {
            return "optional(" + codec(optional.of()) + ")";
        }
        return "VOID";
    }

    /** The class of codecs of elements, if any was needed. They may be of this type's own codec, which is there by then. */
    void elementsClass(boolean inInterface) {
        if (!elements.isEmpty()) {
            source.blank();
            source.line("/** Codecs of elements that have no name. */");
            source.open((inInterface ? "" : "private static ") + "final class Elements");
            elements.forEach((name, codec) -> {
                int bar = codec.indexOf('|');
                source.line("static final XdrCodec<" + codec.substring(0, bar) + "> " + name + " = " + codec.substring(bar + 1) + ";");
            });
            source.blank().open("private Elements()").close();
            source.close();
        }
    }

    // ---- words ------------------------------------------------------------------------------------------------------

    /** Within a codec, which inherits the word. */
    private static String bound(long max) {
        return max == Type.UNBOUNDED ? "UNBOUNDED" : number(max);
    }

    private static String outerBound(long max) {
        return max == Type.UNBOUNDED ? "XdrCodec.UNBOUNDED" : number(max);
    }

    private static String number(long value) {
        return value > Integer.MAX_VALUE ? value + "L" : Long.toString(value);
    }

    private String javaName(Type shape) {
        return types.names.type(((Type.Named) shape).name());
    }

    private static String suffix(Scalar scalar) {
        return switch (scalar) {
            case INT, UNSIGNED_INT -> "Int";
            case HYPER, UNSIGNED_HYPER -> "Long";
            case FLOAT -> "Float";
            case DOUBLE -> "Double";
            case QUADRUPLE -> "Quadruple";
            case BOOL -> "Boolean";
        };
    }

    private String plural(Type primitive) {
        return suffix((Scalar) types.resolved(primitive)) + "s";
    }
}
