package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.syntax.Syntax.ProcedureSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.ProgramItem;
import io.evpl.xdr.compiler.syntax.Syntax.Value;
import io.evpl.xdr.compiler.syntax.Syntax.VersionSyntax;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Programs with their versions and procedures: names and numbers are unique in what holds them (RFC 5531 section 12.3). */
final class ProgramResolver {
    /** The names and numbers of one kind of thing within another. */
    private final class Numbered {
        private final String kind;
        private final Map<String, SourcePosition> names = new HashMap<>();
        private final Map<BigInteger, String> numbers = new HashMap<>();

        Numbered(String kind) {
            this.kind = kind;
        }

        void name(SourcePosition position, String name) {
            SourcePosition first = names.putIfAbsent(name, position);
            if (first != null) {
                faults.add(position, "found the " + kind + " " + name + " again, expected another name: the first is at " + first);
            }
        }

        int number(String name, Value value) {
            Optional<BigInteger> number = constants.value(value, "the number of a " + kind, BigInteger.ZERO, Numbers.MAX_UNSIGNED_INT);
            number.ifPresent(each -> {
                String first = numbers.putIfAbsent(each, name);
                if (first != null) {
                    faults.add(value.position(), "found the number " + each + " of the " + kind + " " + name
                            + " again, expected another number: " + first + " has it");
                }
            });
            return number.map(BigInteger::intValue).orElse(0);
        }
    }

    private final Constants constants;
    private final TypeResolver types;
    private final Faults faults;
    private final Numbered programs = new Numbered("program");

    ProgramResolver(Constants constants, TypeResolver types, Faults faults) {
        this.constants = constants;
        this.types = types;
        this.faults = faults;
    }

    /** To be called once for each; its name is one of the scope's, and was compared there. */
    Program program(ProgramItem item) {
        int number = programs.number(item.name(), item.number());
        Numbered names = new Numbered("version");
        List<Program.Version> versions = new ArrayList<>();
        for (VersionSyntax version : item.versions()) {
            names.name(version.position(), version.name());
            versions.add(new Program.Version(version.name(), version.position(), version.comment(),
                    names.number(version.name(), version.number()), procedures(version)));
        }
        return new Program(item.name(), item.position(), item.comment(), number, List.copyOf(versions));
    }

    private List<Program.Procedure> procedures(VersionSyntax version) {
        Numbered names = new Numbered("procedure");
        List<Program.Procedure> procedures = new ArrayList<>();
        for (ProcedureSyntax procedure : version.procedures()) {
            names.name(procedure.position(), procedure.name());
            List<Type> arguments = new ArrayList<>();
            procedure.arguments().forEach(argument -> arguments.add(types.type(argument)));
            procedures.add(new Program.Procedure(procedure.name(), procedure.position(), procedure.comment(),
                    names.number(procedure.name(), procedure.number()), types.type(procedure.result()), List.copyOf(arguments)));
        }
        return List.copyOf(procedures);
    }
}
