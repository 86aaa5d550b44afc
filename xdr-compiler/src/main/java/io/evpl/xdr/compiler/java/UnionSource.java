package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Enumerator;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.Label;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A union as a sealed interface, with a record for each arm. */
final class UnionSource {
    private static final String READ = "discriminant";

    private final JavaTypes types;
    private final JavaSource source;
    private final UnionDefinition union;
    private final String name;
    private final Field discriminant;
    private final String accessor;
    private final String discriminantType;
    private final EnumDefinition enumeration;
    private final ValueCode values;
    private final List<ArmCode> arms = new ArrayList<>();
    private final boolean recursive;

    /**
     * An arm in Java.
     *
     * @param fields the components of its record: the discriminant, where it may have several values, and the arm's value
     */
    private record ArmCode(Arm arm, String record, List<Field> fields, boolean isDefault) {
        boolean holdsDiscriminant() {
            return isDefault || arm.labels().size() > 1;
        }

        List<Field> value() {
            return fields.subList(holdsDiscriminant() ? 1 : 0, fields.size());
        }
    }

    UnionSource(JavaTypes types, JavaSource source, UnionDefinition union) {
        this.types = types;
        this.source = source;
        this.union = union;
        name = types.names.type(union.name());
        discriminant = union.discriminant();
        accessor = JavaNames.field(discriminant.name());
        discriminantType = types.java(discriminant.type(), source);
        enumeration = types.enumeration(discriminant.type());
        values = new ValueCode(types, source);
        recursive = types.isRecursive(union);
        Set<String> taken = new HashSet<>();
        union.arms().forEach(arm -> arms.add(armCode(arm, false, taken)));
        union.otherwise().ifPresent(arm -> arms.add(armCode(arm, true, taken)));
    }

    private ArmCode armCode(Arm arm, boolean isDefault, Set<String> taken) {
        String wanted = arm.value().map(Field::name).orElseGet(() -> isDefault ? "Default" : labelName(arm.labels().get(0)));
        List<Field> fields = new ArrayList<>();
        if (isDefault || arm.labels().size() > 1) {
            fields.add(discriminant);
        }
        arm.value().ifPresent(field -> fields.add(field.name().equals(discriminant.name())
                ? new Field(field.name() + "_", field.type(), field.comment()) : field));
        return new ArmCode(arm, types.names.arm(wanted, taken), fields, isDefault);
    }

    private static String labelName(Label label) {
        String name = label.name();
        boolean number = !Character.isJavaIdentifierStart(name.charAt(0));
        return number ? "Case" + (label.value() < 0 && name.startsWith("-") ? "Minus" + name.substring(1) : name)
                : name.equals("TRUE") ? "True" : name.equals("FALSE") ? "False" : name;
    }

    void write() {
        source.use("io.evpl.xdr.XdrCodec");
        source.use("io.evpl.xdr.XdrEncoder");
        source.use("io.evpl.xdr.XdrDecoder");
        source.javadoc(List.of(JavaComments.escaped(union.comment()), "{@code union " + union.name() + " switch ("
                + JavaComments.declaration(discriminant.type(), discriminant.name()) + ")}."), List.of());
        source.open("public sealed interface " + name);
        source.javadoc("How it is written and read.").line("XdrCodec<" + name + "> CODEC = new Codec();").blank();
        source.javadoc("Which arm it is.").line(discriminantType + " " + accessor + "();");
        arms.forEach(this::armRecord);
        source.blank().javadoc("What {@link #CODEC} is.").open("final class Codec implements XdrCodec<" + name + ">");
        source.open("private Codec()").close();
        encode();
        decode();
        source.blank().line("@Override").open("public int minBytes()").line("return " + types.minBytes(union) + ";").close();
        release();
        StructSource.ddpEligible(types.ddpPaths(arms.stream().flatMap(arm -> arm.value().stream()).toList()), source);
        arms.stream().filter(ArmCode::holdsDiscriminant).forEach(this::labelCheck);
        source.close();
        values.elementsClass(true);
        source.close();
    }

    private void armRecord(ArmCode arm) {
        RecordSource record = new RecordSource(types, source);
        String labels = arm.isDefault() ? "default" : "case " + arm.arm().labels().stream().map(Label::name).collect(Collectors.joining(", "));
        source.blank().javadoc(List.of("{@code " + labels + "}."), record.tags(arm.value()));
        record.open("", arm.record(), arm.fields(), " implements " + name);
        boolean any = false;
        if (!arm.holdsDiscriminant()) {
            source.line("@Override").open("public " + discriminantType + " " + accessor + "()");
            source.line("return " + value(arm.arm().labels().get(0)) + ";").close();
            any = true;
        }
        if (arm.fields().stream().anyMatch(field -> types.holdsArrays(field.type()))) {
            if (any) {
                source.blank();
            }
            record.content(arm.record(), arm.fields());
        }
        source.close();
    }

    // ---- discriminants ----------------------------------------------------------------------------------------------

    private boolean isBool() {
        return types.resolved(discriminant.type()) == Type.Scalar.BOOL;
    }

    /** A value of the discriminant in Java. */
    private String value(Label label) {
        if (enumeration != null) {
            return types.names.type(enumeration.name()) + (enumeration.lenient() ? ".Known." : ".") + constant(label);
        }
        return isBool() ? label.value() == 0 ? "false" : "true" : Integer.toString(label.value());
    }

    private String constant(Label label) {
        return EnumSource.constant(enumeration.enumerators().stream().filter(each -> each.value() == label.value())
                .map(Enumerator::name).findFirst().orElse(label.name()));
    }

    /** What a switch over the discriminant is about, and its labels. */
    private String selector(String value) {
        return enumeration != null && enumeration.lenient() ? value + ".value()" : value;
    }

    private String labels(Arm arm) {
        return arm.labels().stream().map(label -> enumeration != null && !enumeration.lenient() ? constant(label)
                : Integer.toString(label.value())).distinct().collect(Collectors.joining(", "));
    }

    // ---- codec ------------------------------------------------------------------------------------------------------

    private void encode() {
        source.blank().line("@Override").open("public void encode(XdrEncoder out, " + name + " union)");
        source.line("out.present(union, \"" + name + "\");");
        enter("out");
        source.open("switch (union)");
        for (ArmCode arm : arms) {
            if (arm.fields().isEmpty()) {
                source.line("case " + arm.record() + " _ -> " + writeConstant(arm.arm().labels().get(0)));
                continue;
            }
            source.open("case " + arm.record() + " value ->");
            if (arm.holdsDiscriminant()) {
                source.open("if (!" + checkName(arm) + "(value))");
                source.line("throw out.misplaced(value." + accessor + "(), " + what() + ");").close();
                source.line(values.write(discriminant.type(), "value." + accessor + "()", what(), ""));
            } else {
                source.line(writeConstant(arm.arm().labels().get(0)));
            }
            new FieldCode(types, source, values, name).writeAll(arm.value());
            source.close();
        }
        source.close();
        leave("out");
        source.close();
    }

    private String writeConstant(Label label) {
        return isBool() ? "out.writeBoolean(" + value(label) + ");"
                : enumeration != null ? "out.writeInt(" + value(label) + ".value());" : "out.writeInt(" + label.value() + ");";
    }

    private void decode() {
        source.blank().line("@Override").open("public " + name + " decode(XdrDecoder in)");
        enter("in");
        source.line(discriminantType + " " + READ + " = " + values.read(discriminant.type(), what(), "") + ";");
        String result = recursive ? name + " value = " : "return ";
        if (isBool()) {
            source.line(result + READ + " ? " + construct("1") + " : " + construct("0") + ";");
        } else {
            source.open(result + "switch (" + selector(READ) + ")");
            for (ArmCode arm : arms) {
                if (!arm.isDefault()) {
                    source.line("case " + labels(arm.arm()) + " -> " + construct(arm) + ";");
                }
            }
            source.line("default -> " + arms.stream().filter(ArmCode::isDefault).map(this::construct).findFirst().orElse(undeclared()) + ";");
            source.close(";");
        }
        if (recursive) {
            leave("in");
            source.line("return value;");
        }
        source.close();
    }

    private String undeclared() {
        return "throw in.undeclared(" + READ + (enumeration == null ? "" : ".value()") + ", " + what() + ")";
    }

    private String construct(ArmCode arm) {
        Stream<String> first = arm.holdsDiscriminant() ? Stream.of(READ) : Stream.empty();
        Stream<String> second = arm.value().stream().map(field -> values.read(field.type(), "\"" + name + "." + field.name() + "\"",
                JavaNames.upperSnake(field.name())));
        return "new " + arm.record() + "(" + Stream.concat(first, second).collect(Collectors.joining(", ")) + ")";
    }

    /** Of a bool's union, the arm of a value. */
    private String construct(String bool) {
        int wanted = Integer.parseInt(bool);
        return Stream.concat(arms.stream().filter(arm -> arm.arm().labels().stream().anyMatch(label -> label.value() == wanted)),
                arms.stream().filter(ArmCode::isDefault)).map(this::construct).findFirst().orElse(null);
    }

    private void release() {
        if (arms.stream().flatMap(arm -> arm.value().stream()).noneMatch(field -> types.holdsBuffers(field.type()))) {
            return;
        }
        source.blank().line("@Override").open("public void release(" + name + " union)").open("switch (union)");
        for (ArmCode arm : arms) {
            if (arm.value().stream().anyMatch(field -> types.holdsBuffers(field.type()))) {
                source.open("case " + arm.record() + " value ->");
                new FieldCode(types, source, values, name).releaseAll(arm.value());
                source.close();
            }
        }
        source.open("case null, default ->").close().close().close();
    }

    /** A record that holds its discriminant must not hold one of another arm: it would be read as that. */
    private void labelCheck(ArmCode arm) {
        source.blank().open("private static boolean " + checkName(arm) + "(" + arm.record() + " value)");
        String selected = "value." + accessor + "()";
        List<Label> labels = arm.isDefault() ? union.arms().stream().flatMap(each -> each.labels().stream()).toList() : arm.arm().labels();
        if (isBool()) {
            String listed = labels.stream().map(label -> label.value() == 0 ? "!" + selected : selected).collect(Collectors.joining(" || "));
            source.line("return " + (labels.isEmpty() ? Boolean.toString(arm.isDefault()) : arm.isDefault() ? "!(" + listed + ")" : listed) + ";");
        } else if (labels.isEmpty()) {
            source.line("return true;");
        } else if (labels.size() == 1) {
            source.line("return " + otherThan(selected, labels.get(0)) + ";");
        } else {
            if (enumeration != null) {
                source.open("if (" + selected + " == null)").line("return true;").close();
            }
            source.open("return switch (" + selector(selected) + ")");
            source.items("case ", List.of(labels(new Arm(labels, Optional.empty())).split(", ")), " -> " + !arm.isDefault() + ";");
            source.line("default -> " + arm.isDefault() + ";").close(";");
        }
        source.close();
    }

    /** True for null too, which is refused when it is written. */
    private String otherThan(String selected, Label label) {
        return enumeration == null ? selected + " != " + label.value()
                : enumeration.lenient() ? "!" + value(label) + ".equals(" + selected + ")" : selected + " != " + value(label);
    }

    private static String checkName(ArmCode arm) {
        return "is" + arm.record();
    }

    private String what() {
        return "\"" + name + "." + discriminant.name() + "\"";
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
