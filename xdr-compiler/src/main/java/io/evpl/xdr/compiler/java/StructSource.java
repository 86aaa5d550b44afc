package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import java.util.List;

/** A struct as a record. */
final class StructSource {
    private final JavaTypes types;
    private final JavaSource source;
    private final StructDefinition struct;
    private final List<Field> fields;
    private final String name;
    private final ValueCode values;
    private final FieldCode code;
    private final boolean recursive;
    private final int flatBytes;

    StructSource(JavaTypes types, JavaSource source, StructDefinition struct) {
        this(types, source, struct, types.names.type(struct.name()));
    }

    /** @param name of one that has no definition: several arguments of a procedure */
    StructSource(JavaTypes types, JavaSource source, StructDefinition struct, String name) {
        this.types = types;
        this.source = source;
        this.struct = struct;
        fields = types.components(struct);
        this.name = name;
        values = new ValueCode(types, source);
        code = new FieldCode(types, source, values, name);
        recursive = types.isRecursive(struct);
        flatBytes = types.flatBytes(struct);
    }

    void write() {
        String kind = struct.isListNode() ? "An element of a linked list: {@code struct " + struct.name() + "} without its pointer to the next."
                : "{@code struct " + struct.name() + "}.";
        write(List.of(JavaComments.escaped(struct.comment()), kind), "public ");
    }

    /** Within an interface, with nothing but its comment. */
    void writeNested() {
        write(List.of(JavaComments.escaped(struct.comment())), "");
    }

    private void write(List<String> paragraphs, String modifiers) {
        RecordSource record = new RecordSource(types, source);
        source.javadoc(paragraphs, record.tags(fields));
        record.open(modifiers, name, fields, "");
        codecConstants();
        source.blank();
        if (record.content(name, fields)) {
            source.blank();
        }
        codecClass();
        values.elementsClass(false);
        source.close();
    }

    private void codecConstants() {
        String xdrCodec = source.use("io.evpl.xdr.XdrCodec");
        if (struct.isListNode()) {
            String list = xdrCodec + "<" + source.use("java.util.List") + "<" + name + ">>";
            source.javadoc("{@code " + struct.name() + " *}: all of the list, empty if there is none.");
            source.line("public static final " + list + " LIST = XdrCodec.linked(new Codec());");
            source.javadoc("{@code " + struct.name() + "}: a list of at least one.");
            source.line("public static final " + list + " CODEC = XdrCodec.chain(new Codec());");
        } else {
            source.javadoc("How it is written and read.");
            source.line("public static final " + xdrCodec + "<" + name + "> CODEC = new Codec();");
        }
    }

    private void codecClass() {
        source.use("io.evpl.xdr.XdrEncoder");
        source.use("io.evpl.xdr.XdrDecoder");
        source.open("static final class Codec implements XdrCodec<" + name + ">");
        if (flatBytes >= 0) {
            flat();
        } else {
            encode();
            decode();
        }
        source.line("@Override").open("public int minBytes()");
        source.line("return " + (flatBytes >= 0 ? "BYTES" : types.minBytes(struct)) + ";").close();
        release();
        ddpEligible(types.ddpPaths(fields), source);
        source.close();
    }

    /** Written and read as part of whatever it is within, or by itself. */
    private void flat() {
        source.javadoc("The size of every value.");
        source.line("static final int BYTES = " + flatBytes + ";").blank();
        source.open("static void put(XdrEncoder out, int at, " + name + " value)");
        present();
        code.putAll(fields);
        source.close().blank();
        source.open("static " + name + " get(XdrDecoder in, int at)");
        source.items("return new " + name + "(", code.getAll(fields), ");").close().blank();
        source.line("@Override").open("public void encode(XdrEncoder out, " + name + " value)");
        source.line("put(out, out.claim(BYTES), value);").close().blank();
        source.line("@Override").open("public " + name + " decode(XdrDecoder in)");
        source.line("return get(in, in.take(BYTES, \"" + name + "\"));").close().blank();
    }

    private void encode() {
        source.line("@Override").open("public void encode(XdrEncoder out, " + name + " value)");
        present();
        enter("out");
        code.writeAll(fields);
        leave("out");
        source.close().blank();
    }

    private void decode() {
        source.line("@Override").open("public " + name + " decode(XdrDecoder in)");
        enter("in");
        List<String> arguments = fields.size() == 1 && !recursive ? List.of(code.read(fields.get(0))) : code.readAll(fields);
        leave("in");
        source.items("return new " + name + "(", arguments, ");").close().blank();
    }

    private void release() {
        if (fields.stream().anyMatch(field -> types.holdsBuffers(field.type()))) {
            source.blank().line("@Override").open("public void release(" + name + " value)");
            source.open("if (value != null)");
            code.releaseAll(fields);
            source.close().close();
        }
    }

    static void ddpEligible(List<String> paths, JavaSource source) {
        if (!paths.isEmpty()) {
            source.use("java.util.List");
            source.blank().line("@Override").open("public List<String> ddpEligible()");
            source.items("return List.of(", paths.stream().map(path -> "\"" + path + "\"").toList(), ");").close();
        }
    }

    private void present() {
        source.line("out.present(value, \"" + name + "\");");
    }

    private void enter(String message) {
        if (recursive) {
            source.line(message + ".enter(\"" + name + "\");");
        }
    }

    private void leave(String message) {
        if (recursive) {
            source.line(message + ".leave();");
        }
    }
}
