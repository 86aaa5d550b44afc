package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.Program.Procedure;
import io.evpl.xdr.compiler.model.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A version of a program: its procedures, the service that a server implements, the client that calls one. */
final class ProgramSource {
    /** Constants that a program has anyway, and the variables that would hide one. */
    private static final Set<String> OWN_NAMES =
            Set.of("PROGRAM", "VERSION", "NULL", "arguments", "call", "caller", "options", "service");

    private final JavaTypes types;
    private final JavaSource source;
    private final String name;
    private final Program program;
    private final Program.Version version;
    /** Java's name of each procedure's method, by the .x file's: A_B and a_b must not be the same. */
    private final Map<String, String> methods = new HashMap<>();

    ProgramSource(JavaTypes types, JavaSource source, String name, Program program, Program.Version version) {
        this.types = types;
        this.source = source;
        this.name = name;
        this.program = program;
        this.version = version;
        nameMethods();
    }

    private void nameMethods() {
        Set<String> taken = new HashSet<>();
        if (!declaresNull()) {
            taken.add(JavaNames.method("NULL"));
        }
        for (Procedure procedure : version.procedures()) {
            String free = JavaNames.method(procedure.name());
            while (!taken.add(free)) {
                free += "_";
            }
            methods.put(procedure.name(), free);
        }
    }

    private String method(Procedure procedure) {
        return methods.get(procedure.name());
    }

    void write() {
        source.javadoc(List.of(JavaComments.escaped(program.comment()), JavaComments.escaped(version.comment()),
                "{@code program " + program.name() + "}, {@code version " + version.name() + "}."), List.of());
        source.open("public interface " + name);
        source.line("int PROGRAM = " + number(program.number()) + ";");
        source.line("int VERSION = " + number(version.number()) + ";").blank();
        procedureConstants();
        service();
        program();
        client();
        version.procedures().stream().filter(each -> each.arguments().size() > 1).forEach(this::argumentsRecord);
        source.close();
    }

    private static String number(int value) {
        // From 0x20000000 on numbers are given out in hexadecimal: RFC 5531 section 13.1.
        return value < 0 || value >= 0x2000_0000 ? "0x" + Integer.toHexString(value) : Integer.toString(value);
    }

    // ---- procedures -------------------------------------------------------------------------------------------------

    private void procedureConstants() {
        source.use("io.evpl.rpc2.RpcProcedure");
        source.use("io.evpl.xdr.XdrCodec");
        if (!declaresNull()) {
            source.javadoc("Does nothing: RFC 5531 section 12.1. Every program has it.");
            source.line("RpcProcedure<Void, Void> NULL = new RpcProcedure<>(PROGRAM, VERSION, 0, \"NULL\", XdrCodec.VOID, XdrCodec.VOID);");
        }
        ValueCode values = new ValueCode(types, source);
        for (Procedure procedure : version.procedures()) {
            source.javadoc(JavaComments.escaped(procedure.comment()));
            String argumentsCodec = procedure.arguments().size() > 1 ? argumentsName(procedure) + ".CODEC" : values.codec(argument(procedure));
            source.items("RpcProcedure<" + argumentsType(procedure) + ", " + types.boxed(procedure.result(), source) + "> "
                    + constant(procedure) + " = new RpcProcedure<>(", List.of("PROGRAM", "VERSION", number(procedure.number()),
                    "\"" + procedure.name() + "\"", argumentsCodec, values.codec(procedure.result())), ");");
        }
    }

    private boolean declaresNull() {
        return version.procedures().stream().anyMatch(procedure -> procedure.number() == 0);
    }

    /** The run time answers a procedure 0 that has neither arguments nor result. */
    private boolean isServed(Procedure procedure) {
        return procedure.number() != 0 || !isVoid(procedure.result()) || !isVoid(argument(procedure));
    }

    private List<Procedure> served() {
        return version.procedures().stream().filter(this::isServed).toList();
    }

    private static boolean isVoid(Type type) {
        return type instanceof Type.Nothing;
    }

    private String constant(Procedure procedure) {
        String word = procedure.name();
        boolean isNull = procedure.number() == 0 && word.equals("NULL");
        return isNull ? word : word.matches("arg[0-9]+") ? word + "_" : JavaNames.constant(word, OWN_NAMES);
    }

    /** The only argument, or none. */
    private static Type argument(Procedure procedure) {
        return procedure.arguments().isEmpty() ? new Type.Nothing() : procedure.arguments().get(0);
    }

    private String argumentsType(Procedure procedure) {
        return procedure.arguments().size() > 1 ? argumentsName(procedure) : types.boxed(argument(procedure), source);
    }

    private String argumentsName(Procedure procedure) {
        return JavaNames.upperFirst(method(procedure)) + "Arguments";
    }

    /** A method's parameters for the arguments. */
    private List<String> parameters(Procedure procedure) {
        List<Type> arguments = procedure.arguments().stream().filter(each -> !isVoid(each)).toList();
        if (arguments.size() == 1) {
            return List.of(types.java(arguments.get(0), source) + " arguments");
        }
        return IntStream.range(0, arguments.size()).mapToObj(i -> types.java(arguments.get(i), source) + " arg" + (i + 1)).toList();
    }

    // ---- both sides -------------------------------------------------------------------------------------------------

    private void service() {
        source.blank().javadoc("What a server implements. Called on the connection's loop; answers at once or later, on any thread.");
        source.open("interface Service");
        String call = source.use("io.evpl.rpc2.RpcCall");
        boolean first = true;
        for (Procedure procedure : served()) {
            if (!first) {
                source.blank();
            }
            first = false;
            List<String> parameters = new ArrayList<>(parameters(procedure));
            parameters.add(call + "<" + types.boxed(procedure.result(), source) + "> call");
            source.javadoc(JavaComments.escaped(procedure.comment()));
            source.items("void " + method(procedure) + "(", parameters, ") throws Exception;");
        }
        source.close();
    }

    private void program() {
        String rpcProgram = source.use("io.evpl.rpc2.RpcProgram");
        source.blank().javadoc("The program as a server offers it.");
        source.open("static " + rpcProgram + " program(Service service)");
        source.line("return RpcProgram.builder(PROGRAM, VERSION, \"" + program.name() + "\")");
        for (Procedure procedure : served()) {
            source.line("        .procedure(" + constant(procedure) + ", " + handler(procedure) + ")");
        }
        source.line("        .build();").close();
    }

    private String handler(Procedure procedure) {
        String method = "service." + method(procedure) + "(";
        if (isVoid(argument(procedure))) {
            return "(_, call) -> " + method + "call)";
        } else if (procedure.arguments().size() == 1) {
            return "service::" + method(procedure);
        }
        StringBuilder arguments = new StringBuilder();
        for (int i = 1; i <= procedure.arguments().size(); i++) {
            arguments.append("arguments.arg").append(i).append("(), ");
        }
        return "(arguments, call) -> " + method + arguments + "call)";
    }

    private void client() {
        String caller = source.use("io.evpl.rpc2.RpcCaller");
        source.use("io.evpl.rpc2.RpcFuture");
        source.use("io.evpl.rpc2.CallOptions");
        source.blank().javadoc("Calls the procedures over a connection, or whatever else can call.");
        source.open("record Client(" + caller + " caller)");
        boolean first = true;
        if (!declaresNull()) {
            call("NULL", "null_", List.of(), "null", "Void", "Does nothing: whether there is a server.");
            first = false;
        }
        for (Procedure procedure : version.procedures()) {
            if (!first) {
                source.blank();
            }
            first = false;
            call(constant(procedure), method(procedure), parameters(procedure), passed(procedure),
                    types.boxed(procedure.result(), source), JavaComments.escaped(procedure.comment()));
        }
        source.close();
    }

    private String passed(Procedure procedure) {
        if (procedure.arguments().size() > 1) {
            List<String> names = IntStream.rangeClosed(1, procedure.arguments().size()).mapToObj(i -> "arg" + i).toList();
            return "new " + argumentsName(procedure) + "(" + String.join(", ", names) + ")";
        }
        return isVoid(argument(procedure)) ? "null" : "arguments";
    }

    private void call(String constant, String method, List<String> parameters, String passed, String result, String comment) {
        source.javadoc(comment);
        source.openItems("public RpcFuture<" + result + "> " + method + "(", parameters, ")");
        source.line("return caller.call(" + constant + ", " + passed + ");").close().blank();
        List<String> withOptions = new ArrayList<>(parameters);
        withOptions.add("CallOptions options");
        source.javadoc(comment);
        source.openItems("public RpcFuture<" + result + "> " + method + "(", withOptions, ")");
        source.line("return caller.call(" + constant + ", " + passed + ", options);").close();
    }

    /** Arguments that are several follow each other on the wire, as a struct's fields do. */
    private void argumentsRecord(Procedure procedure) {
        List<Field> fields = IntStream.range(0, procedure.arguments().size())
                .mapToObj(i -> new Field("arg" + (i + 1), procedure.arguments().get(i), "")).toList();
        StructDefinition struct = new StructDefinition(argumentsName(procedure), procedure.position(),
                "The arguments of " + procedure.name() + ".", fields);
        source.blank();
        new StructSource(types, source, struct, argumentsName(procedure)).writeNested();
    }
}
