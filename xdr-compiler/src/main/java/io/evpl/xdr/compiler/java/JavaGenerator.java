package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.Specification;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Makes Java 25 of a specification: a file for each definition, one for the constants, one for each version of a program. */
public final class JavaGenerator {
    private final Specification specification;
    private final String packageName;
    private final JavaNames names;
    private final JavaTypes types;
    private final Map<String, String> files = new LinkedHashMap<>();

    private JavaGenerator(Specification specification, String packageName) {
        this.specification = specification;
        this.packageName = packageName;
        names = new JavaNames(specification);
        types = new JavaTypes(specification, names);
    }

    /**
     * Generates.
     *
     * @param packageName may be empty
     * @return text by path, with {@code /} between folders, package included
     * @throws UnsupportedShapeException a definition has no form in Java
     */
    public static Map<String, String> generate(Specification specification, String packageName) {
        return new JavaGenerator(specification, packageName).generate();
    }

    private Map<String, String> generate() {
        new ShapeCheck(specification, types).run();
        if (!specification.constants().isEmpty()) {
            file(names.constants(), source -> new ConstantsSource(source, specification, names.constants()).write());
        }
        specification.definitions().values().forEach(this::definition);
        for (Program program : specification.programs()) {
            for (Program.Version version : program.versions()) {
                String name = names.program(program, version);
                file(name, source -> new ProgramSource(types, source, name, program, version).write());
            }
        }
        return files;
    }

    private void definition(Definition definition) {
        String name = names.type(definition.name());
        if (definition instanceof EnumDefinition enumeration) {
            file(name, source -> new EnumSource(types, source, enumeration).write());
        } else if (definition instanceof StructDefinition struct) {
            file(name, source -> new StructSource(types, source, struct).write());
        } else if (definition instanceof UnionDefinition union) {
            file(name, source -> new UnionSource(types, source, union).write());
        } else {
            // Typedefs are what they name, at each use.
            assert definition instanceof TypedefDefinition : definition;
        }
    }

    private void file(String name, Consumer<JavaSource> writer) {
        JavaSource source = new JavaSource(packageName, fileName(specification));
        writer.accept(source);
        files.put((packageName.isEmpty() ? "" : packageName.replace('.', '/') + "/") + name + ".java", source.toString());
    }

    static String fileName(Specification specification) {
        String file = specification.file();
        return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    }
}
