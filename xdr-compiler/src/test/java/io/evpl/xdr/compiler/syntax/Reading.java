package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import java.util.Map;
import java.util.Optional;

/** Texts as files, and the names that tests look for in them. */
final class Reading {
    private Reading() {
    }

    static Specification read(String text) {
        return SpecificationReader.read("x.x", text);
    }

    /** With other files beside it. */
    static Specification read(String text, Map<String, String> files) {
        return SpecificationReader.read("dir/x.x", text, false, path -> Optional.ofNullable(files.get(path)));
    }

    static String message(String text) {
        return assertThrows(XdrSyntaxException.class, () -> read(text)).getMessage();
    }

    /** The type of {@code struct s}'s field x. */
    static Type typeOfX(String declaration) {
        return field(read("struct s { " + declaration + "; };"), "s", "x").type();
    }

    static Field field(Specification specification, String struct, String name) {
        return ((StructDefinition) specification.definition(struct)).fields().stream()
                .filter(field -> field.name().equals(name)).findFirst().orElseThrow();
    }

    static Type typedef(Specification specification, String name) {
        return ((Definition.TypedefDefinition) specification.definition(name)).type();
    }
}
