package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.Specification;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Java's names for those of a specification: the same, so that the RFC's word is found, as far as Java lets them be. */
final class JavaNames {
    private static final Set<String> KEYWORDS = Set.of("_", "abstract", "assert", "boolean", "break", "byte", "case", "catch",
            "char", "class", "const", "continue", "default", "do", "double", "else", "enum", "extends", "false", "final", "finally",
            "float", "for", "goto", "if", "implements", "import", "instanceof", "int", "interface", "long", "native", "new", "null",
            "package", "private", "protected", "public", "return", "short", "static", "strictfp", "super", "switch", "synchronized",
            "this", "throw", "throws", "transient", "true", "try", "void", "volatile", "while", "yield");
    /** No component of a record may be called so: JLS section 8.10.1. */
    private static final Set<String> OBJECT_METHODS =
            Set.of("clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");
    /** What generated code calls its own. */
    private static final Set<String> LOCALS = Set.of("in", "out", "at", "value", "arm", "discriminant", "hash", "other", "that");
    /** What a client is made of; a method without arguments of the same name would be its accessor. */
    private static final String CALLER = "caller";
    /** Constants of generated records. */
    private static final Set<String> CONSTANTS = Set.of("CODEC", "LIST");
    /** Types that generated code names. */
    private static final Set<String> TYPES = Set.of("ArrayList", "Arrays", "Boolean", "ByteBuf", "CallOptions", "Client", "Codec",
            "Deprecated", "Double", "Elements", "Enum", "Exception", "Float", "IllegalArgumentException", "Integer", "Known", "List",
            "Long", "Object", "Override", "Quadruple", "Record", "ReferenceCountUtil", "RpcCall", "RpcCaller", "RpcFuture",
            "RpcProcedure", "RpcProgram", "Service", "String", "Unrecognized", "Void", "XdrCodec", "XdrContent", "XdrDecoder",
            "XdrEncoder", "XdrException");

    private final Map<String, String> types = new HashMap<>();
    private final Set<String> taken = new HashSet<>(TYPES);
    private final String constants;

    JavaNames(Specification specification) {
        for (String name : specification.definitions().keySet()) {
            types.put(name, take(upperFirst(name)));
        }
        constants = take(camelCase(fileStem(specification.file())) + "Constants");
    }

    private String take(String wanted) {
        String name = wanted;
        while (KEYWORDS.contains(name) || !taken.add(name)) {
            name += "_";
        }
        return name;
    }

    /** The class or interface of a definition. */
    String type(String xdrName) {
        return types.get(xdrName);
    }

    /** The class that holds the file's constants. */
    String constants() {
        return constants;
    }

    /** The interface of a program's version: NFS_PROGRAM's third is NfsV3. Each is to be asked for once. */
    String program(Program program, Program.Version version) {
        String stem = program.name().replaceFirst("_?PROG(RAM)?$", "");
        return take(camelCase(stem.isEmpty() ? program.name() : stem) + "V" + Integer.toUnsignedString(version.number()));
    }

    /** A record in a union's interface, where a type of the same name would be hidden by it. */
    String arm(String wanted, Set<String> takenArms) {
        String name = upperFirst(wanted);
        while (KEYWORDS.contains(name) || taken.contains(name) || !takenArms.add(name)) {
            name += "Arm";
        }
        return name;
    }

    static String field(String xdrName) {
        boolean taken = KEYWORDS.contains(xdrName) || OBJECT_METHODS.contains(xdrName) || CONSTANTS.contains(xdrName);
        return taken ? xdrName + "_" : xdrName;
    }

    /** A field as it is named within its own class. */
    static String own(String field) {
        return LOCALS.contains(field) ? "this." + field : field;
    }

    /** A variable in a method that generated code has others in. */
    static String local(String field) {
        return LOCALS.contains(field) ? field + "_" : field;
    }

    /** A constant of an enum or an interface that has some of its own. */
    static String constant(String xdrName, Set<String> own) {
        return KEYWORDS.contains(xdrName) || own.contains(xdrName) ? xdrName + "_" : xdrName;
    }

    /** A procedure as a method: NFSPROC3_GETATTR is nfsproc3Getattr. */
    static String method(String procedure) {
        String name = lowerFirst(camelCase(procedure));
        return KEYWORDS.contains(name) || OBJECT_METHODS.contains(name) || name.equals(CALLER) ? name + "_" : name;
    }

    /** The name of a constant for a field's: {@code fileHandles} is FILE_HANDLES. */
    static String upperSnake(String field) {
        return field.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }

    static String upperFirst(String name) {
        return name.isEmpty() ? name : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private static String lowerFirst(String name) {
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    /** Words that are all capitals lose them; others stay as they are. */
    private static String camelCase(String name) {
        StringBuilder camel = new StringBuilder();
        for (String word : name.split("[^A-Za-z0-9]+")) {
            boolean shouted = word.equals(word.toUpperCase(Locale.ROOT));
            camel.append(upperFirst(shouted ? word.toLowerCase(Locale.ROOT) : word));
        }
        if (camel.length() == 0 || Character.isDigit(camel.charAt(0))) {
            camel.insert(0, "Xdr");
        }
        return camel.toString();
    }

    private static String fileStem(String file) {
        String name = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
        return name.endsWith(".x") ? name.substring(0, name.length() - 2) : name;
    }
}
