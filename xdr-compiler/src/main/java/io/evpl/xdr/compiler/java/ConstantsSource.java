package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Specification.Constant;
import java.util.List;
import java.util.Set;

/** The constants of a file. */
final class ConstantsSource {
    private final JavaSource source;
    private final Specification specification;
    private final String name;

    ConstantsSource(JavaSource source, Specification specification, String name) {
        this.source = source;
        this.specification = specification;
        this.name = name;
    }

    void write() {
        source.javadoc("The constants of " + JavaComments.escaped(JavaGenerator.fileName(specification)) + ".").open("public final class " + name);
        for (Constant constant : specification.constants()) {
            long value = constant.value();
            // One of 32 bits is for fields that are int in Java, also if they are unsigned.
            boolean fitsInt = value >= Integer.MIN_VALUE && value <= 0xFFFF_FFFFL && !(constant.unsigned() && value < 0);
            boolean asBits = fitsInt && value > Integer.MAX_VALUE || constant.unsigned() && value < 0;
            source.javadoc(List.of(JavaComments.escaped(constant.comment()),
                    asBits ? "Unsigned: " + Long.toUnsignedString(value) + "." : ""), List.of());
            source.line("public static final " + (fitsInt ? "int " : "long ") + JavaNames.constant(constant.name(), Set.of()) + " = "
                    + (fitsInt ? asBits ? "0x" + Integer.toHexString((int) value) : Integer.toString((int) value)
                    : asBits ? "0x" + Long.toHexString(value) + "L" : value + "L") + ";");
        }
        source.blank().open("private " + name + "()").close().close();
    }
}
