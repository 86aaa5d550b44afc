package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Enumerator;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.syntax.Syntax.ConstantItem;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
import io.evpl.xdr.compiler.syntax.Syntax.EnumBody;
import io.evpl.xdr.compiler.syntax.Syntax.Item;
import io.evpl.xdr.compiler.syntax.Syntax.ProgramItem;
import io.evpl.xdr.compiler.syntax.Syntax.StructBody;
import io.evpl.xdr.compiler.syntax.Syntax.TypeItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypedefItem;
import io.evpl.xdr.compiler.syntax.Syntax.UnionBody;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a specification of what was parsed: finds each name's meaning and each constant's value, and all that is wrong with them. */
final class Resolver {
    private static final BigInteger MAX_HYPER = BigInteger.valueOf(Long.MAX_VALUE);

    private final String file;
    private final Scope scope;
    private final Faults faults;
    private final Constants constants;
    private final TypeResolver types;
    private final List<Specification.Constant> constantList = new ArrayList<>();
    private final List<Program> programs = new ArrayList<>();

    Resolver(String file, Scope scope, Faults faults) {
        this.file = file;
        this.scope = scope;
        this.faults = faults;
        this.constants = new Constants(scope, faults);
        this.types = new TypeResolver(scope, constants, faults);
    }

    Specification resolve(List<Item> items, List<String> passedThrough) {
        items.forEach(scope::declare);
        Map<String, Definition> own = new LinkedHashMap<>();
        items.forEach(item -> resolve(item, own));
        Map<String, Definition> definitions = new LinkedHashMap<>();
        // What is resolved may lend more: the list grows.
        for (int i = 0; i < scope.lentItems().size(); i++) {
            resolve(scope.lentItems().get(i), definitions);
        }
        definitions.putAll(own);
        ListNodes.unwrapTypedefs(definitions);
        new Containment(definitions, faults).check();
        faults.throwIfAny();
        return new Specification(file, List.copyOf(constantList), definitions, List.copyOf(programs), List.copyOf(passedThrough));
    }

    private void resolve(Item item, Map<String, Definition> definitions) {
        if (item instanceof ConstantItem constant) {
            constant(constant);
        } else if (item instanceof ProgramItem program) {
            new ProgramResolver(constants, types, faults).resolve(program).ifPresent(programs::add);
        } else {
            definition(item).ifPresent(definition -> definitions.putIfAbsent(definition.name(), definition));
        }
    }

    private void constant(ConstantItem item) {
        Scope.Symbol symbol = scope.find(item.name());
        if (symbol == null || symbol.constant() == null || symbol.item() != item) {
            return; // a second definition, which has been reported
        }
        constants.value(symbol.constant()).ifPresent(value -> constantList.add(new Specification.Constant(item.name(), item.position(),
                item.comment(), value.longValue(), value.compareTo(MAX_HYPER) > 0)));
    }

    private Optional<Definition> definition(Item item) {
        if (item instanceof TypedefItem typedef) {
            Declaration declaration = typedef.declaration();
            return types.type(declaration)
                    .map(type -> new TypedefDefinition(item.name(), item.position(), item.comment(), type));
        }
        TypeItem type = (TypeItem) item;
        if (type.body() instanceof EnumBody body) {
            return enumeration(type, body);
        }
        if (type.body() instanceof StructBody body) {
            return Optional.of(new StructDefinition(item.name(), item.position(), item.comment(), fields(body.fields())));
        }
        return new UnionResolver(scope, constants, types, faults).resolve(type, (UnionBody) type.body()).map(union -> union);
    }

    private Optional<Definition> enumeration(TypeItem item, EnumBody body) {
        List<Enumerator> enumerators = new ArrayList<>();
        for (Syntax.EnumeratorSyntax enumerator : body.enumerators()) {
            Scope.Symbol symbol = scope.find(enumerator.name());
            if (symbol != null && symbol.constant() != null && symbol.item() == item) {
                constants.value(symbol.constant()).ifPresent(value ->
                        enumerators.add(new Enumerator(enumerator.name(), value.intValue(), enumerator.comment())));
            }
        }
        return Optional.of(new EnumDefinition(item.name(), item.position(), item.comment(), List.copyOf(enumerators), body.lenient()));
    }

    private List<Field> fields(List<Declaration> declarations) {
        List<Field> fields = new ArrayList<>();
        Map<String, Declaration> byName = new HashMap<>();
        for (Declaration declaration : declarations) {
            Declaration first = byName.putIfAbsent(declaration.name(), declaration);
            if (first != null) {
                faults.add(declaration.position(), "found the field " + declaration.name() + " again, expected another name: it is at "
                        + first.position());
            }
            Optional<Type> type = types.type(declaration);
            type.ifPresent(found -> fields.add(new Field(declaration.name(), found, declaration.comment())));
        }
        return List.copyOf(fields);
    }
}
