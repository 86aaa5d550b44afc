package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.Program.Procedure;
import io.evpl.xdr.compiler.model.Program.Version;
import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
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

/** Programs, their versions and procedures. RFC 5531 section 12.2. */
final class ProgramResolver {
    private final Constants constants;
    private final TypeResolver types;
    private final Faults faults;

    ProgramResolver(Constants constants, TypeResolver types, Faults faults) {
        this.constants = constants;
        this.types = types;
        this.faults = faults;
    }

    Optional<Program> resolve(ProgramItem item) {
        Optional<Integer> number = number(item.number(), "the number of a program");
        List<Version> versions = new ArrayList<>();
        Unique unique = new Unique("version", item.name());
        for (VersionSyntax syntax : item.versions()) {
            Optional<Integer> versionNumber = number(syntax.number(), "the number of a version");
            unique.check(syntax.position(), syntax.name(), versionNumber);
            List<Procedure> procedures = procedures(syntax);
            versionNumber.ifPresent(value -> versions.add(
                    new Version(syntax.name(), syntax.position(), syntax.comment(), value, List.copyOf(procedures))));
        }
        return number.map(value -> new Program(item.name(), item.position(), item.comment(), value, List.copyOf(versions)));
    }

    private List<Procedure> procedures(VersionSyntax version) {
        List<Procedure> procedures = new ArrayList<>();
        Unique unique = new Unique("procedure", version.name());
        for (ProcedureSyntax syntax : version.procedures()) {
            Optional<Integer> number = number(syntax.number(), "the number of a procedure");
            unique.check(syntax.position(), syntax.name(), number);
            Optional<Type> result = types.type(syntax.result());
            List<Type> arguments = new ArrayList<>();
            for (Declaration argument : syntax.arguments()) {
                types.type(argument).ifPresent(arguments::add);
            }
            if (number.isPresent() && result.isPresent()) {
                procedures.add(new Procedure(syntax.name(), syntax.position(), syntax.comment(), number.get(), result.get(),
                        List.copyOf(arguments)));
            }
        }
        return procedures;
    }

    private Optional<Integer> number(Value value, String what) {
        return constants.value(value, what, BigInteger.ZERO, Numbers.MAX_UNSIGNED_INT).map(BigInteger::intValue);
    }

    /** Names and numbers within one program, or one version. */
    private final class Unique {
        private final String kind;
        private final String owner;
        private final Map<String, SourcePosition> names = new HashMap<>();
        private final Map<Integer, String> numbers = new HashMap<>();

        Unique(String kind, String owner) {
            this.kind = kind;
            this.owner = owner;
        }

        void check(SourcePosition position, String name, Optional<Integer> number) {
            SourcePosition first = names.putIfAbsent(name, position);
            if (first != null) {
                faults.add(position, "found the " + kind + " " + name + " again in " + owner + ", expected another name: it is at " + first);
            }
            String other = number.map(value -> numbers.putIfAbsent(value, name)).orElse(null);
            if (other != null) {
                faults.add(position, "found the " + kind + " " + name + " with the number " + Integer.toUnsignedString(number.get())
                        + ", expected another number: it is that of " + other);
            }
        }
    }
}
