package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Enumerator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An enum as a Java one; a lenient one as that or any other number. */
final class EnumSource {
    private static final Set<String> OWN_NAMES = Set.of("CODEC", "value");

    private final JavaSource source;
    private final EnumDefinition definition;
    private final String name;

    EnumSource(JavaTypes types, JavaSource source, EnumDefinition definition) {
        this.source = source;
        this.definition = definition;
        name = types.names.type(definition.name());
    }

    static String constant(String enumerator) {
        return JavaNames.constant(enumerator, OWN_NAMES);
    }

    void write() {
        source.use("io.evpl.xdr.XdrCodec");
        source.use("io.evpl.xdr.XdrEncoder");
        source.use("io.evpl.xdr.XdrDecoder");
        if (definition.lenient()) {
            lenient();
        } else {
            strict();
        }
    }

    private void strict() {
        source.javadoc(List.of(JavaComments.escaped(definition.comment()), "{@code enum " + definition.name() + "}."), List.of());
        source.open("public enum " + name);
        constants();
        source.blank().javadoc("How it is written and read.");
        source.line("public static final XdrCodec<" + name + "> CODEC = new Codec();").blank();
        number(name);
        source.blank().open("static final class Codec implements XdrCodec<" + name + ">");
        putAndGet();
        source.open("static " + name + " get(XdrDecoder in, int at)");
        source.line(name + " value = of(in.getInt(at));");
        source.open("if (value == null)").line("throw in.undeclared(in.getInt(at), \"" + name + "\");").close();
        source.line("return value;").close().blank();
        encodeAndDecode();
        source.close().close();
    }

    private void lenient() {
        source.javadoc(List.of(JavaComments.escaped(definition.comment()),
                "{@code enum " + definition.name() + "}, lenient: what is not among its values is kept, {@link Unrecognized}."), List.of());
        source.open("public sealed interface " + name);
        source.javadoc("How it is written and read.");
        source.line("XdrCodec<" + name + "> CODEC = new Codec();").blank();
        source.javadoc("The number on the wire.").line("int value();").blank();
        source.javadoc("What stands for a number.").open("static " + name + " of(int value)");
        source.line("Known known = Known.of(value);");
        source.line("return known == null ? new Unrecognized(value) : known;").close().blank();
        source.javadoc("The values that are declared.").open("enum Known implements " + name);
        constants();
        source.blank();
        number("Known");
        source.close().blank();
        source.javadoc("Any other value.").open("record Unrecognized(int value) implements " + name);
        source.javadoc(List.of(), List.of("@throws IllegalArgumentException the value is declared"));
        source.open("public Unrecognized");
        source.open("if (Known.of(value) != null)");
        source.line("throw new IllegalArgumentException(value + \" is \" + Known.of(value));").close().close().close().blank();
        source.javadoc("What {@link #CODEC} is.").open("final class Codec implements XdrCodec<" + name + ">");
        source.open("private Codec()").close().blank();
        putAndGet();
        source.open("static " + name + " get(XdrDecoder in, int at)");
        source.line("return of(in.getInt(at));").close().blank();
        encodeAndDecode();
        source.close().close();
    }

    /** Each value once; a second name of it comes behind, as a constant. */
    private void constants() {
        Map<Integer, Enumerator> first = new LinkedHashMap<>();
        definition.enumerators().forEach(each -> first.putIfAbsent(each.value(), each));
        int left = first.size();
        for (Enumerator each : first.values()) {
            left--;
            source.javadoc(JavaComments.escaped(each.comment()));
            source.line(constant(each.name()) + "(" + each.value() + ")" + (left > 0 ? "," : ";"));
        }
        for (Enumerator each : definition.enumerators()) {
            Enumerator same = first.get(each.value());
            if (same != each) {
                source.blank().javadoc(List.of(JavaComments.escaped(each.comment()), "Another name of {@link #" + constant(same.name()) + "}."), List.of());
                source.line("public static final " + (definition.lenient() ? "Known" : name) + " " + constant(each.name()) + " = "
                        + constant(same.name()) + ";");
            }
        }
    }

    private void number(String type) {
        source.line("private final int value;").blank();
        source.open(type + "(int value)").line("this.value = value;").close().blank();
        if (definition.lenient()) {
            source.line("@Override");
        } else {
            source.javadoc("The number on the wire.");
        }
        source.open("public int value()").line("return value;").close().blank();
        source.javadoc("What stands for a number; null if nothing does.");
        source.open((definition.lenient() ? "" : "public ") + "static " + type + " of(int value)").open("return switch (value)");
        Map<Integer, Enumerator> first = new LinkedHashMap<>();
        definition.enumerators().forEach(each -> first.putIfAbsent(each.value(), each));
        first.values().forEach(each -> source.line("case " + each.value() + " -> " + constant(each.name()) + ";"));
        source.line("default -> null;").close(";").close();
    }

    private void putAndGet() {
        source.open("static void put(XdrEncoder out, int at, " + name + " value)");
        source.line("out.present(value, \"" + name + "\");");
        source.line("out.putInt(at, value.value());").close().blank();
    }

    private void encodeAndDecode() {
        source.line("@Override").open("public void encode(XdrEncoder out, " + name + " value)");
        source.line("put(out, out.claim(4), value);").close().blank();
        source.line("@Override").open("public " + name + " decode(XdrDecoder in)");
        source.line("return get(in, in.take(4, \"" + name + "\"));").close().blank();
        source.line("@Override").open("public int minBytes()").line("return 4;").close();
    }
}
