package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Enumerator;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.syntax.Scope.Symbol;
import io.evpl.xdr.compiler.syntax.Syntax.ArmSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.ConstantItem;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
import io.evpl.xdr.compiler.syntax.Syntax.EnumBody;
import io.evpl.xdr.compiler.syntax.Syntax.EnumeratorSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.Item;
import io.evpl.xdr.compiler.syntax.Syntax.ProgramItem;
import io.evpl.xdr.compiler.syntax.Syntax.StructBody;
import io.evpl.xdr.compiler.syntax.Syntax.TypeItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypedefItem;
import io.evpl.xdr.compiler.syntax.Syntax.UnionBody;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From what was read to a specification that is right; or all that is wrong with it. */
final class Resolver {
    private final String file;
    private final Directives directives;
    private final Faults faults;
    private final Scope scope;
    private final Constants constants;
    private final TypeResolver types;
    private final UnionResolver unions;
    private final ProgramResolver programResolver;
    private final List<Specification.Constant> constantList = new ArrayList<>();
    private final Map<String, Definition> definitions = new LinkedHashMap<>();
    private final List<Program> programs = new ArrayList<>();

    Resolver(String file, Directives directives, SourceFiles files) {
        this.file = file;
        this.directives = directives;
        this.faults = new Faults(file);
        this.scope = new Scope(new LentFiles(file, files, directives), faults);
        this.constants = new Constants(scope, faults);
        this.types = new TypeResolver(scope, constants, faults);
        this.unions = new UnionResolver(scope, constants, types, faults);
        this.programResolver = new ProgramResolver(constants, types, faults);
    }

    Specification resolve(List<Item> items) {
        items.forEach(scope::declare);
        items.forEach(item -> resolve(item, true));
        Map<String, Definition> own = new LinkedHashMap<>(definitions);
        definitions.clear();
        // What these use may be lent too.
        for (int i = 0; i < scope.lentItems().size(); i++) {
            resolve(scope.lentItems().get(i), false);
        }
        definitions.putAll(own);
        new Sizes(definitions, programs, faults).check();
        faults.throwIfAny();
        showListNodes();
        return new Specification(file, List.copyOf(constantList), Collections.unmodifiableMap(definitions), List.copyOf(programs),
                List.copyOf(directives.passedThrough()));
    }

    private void resolve(Item item, boolean own) {
        if (item instanceof ConstantItem constant) {
            constant(constant, own);
        } else if (item instanceof ProgramItem program) {
            programs.add(programResolver.program(program));
        } else if (item instanceof TypedefItem typedef) {
            Type type = types.type(typedef.declaration());
            definitions.put(item.name(), new TypedefDefinition(item.name(), item.position(), item.comment(), type));
        } else {
            definitions.put(item.name(), definition((TypeItem) item));
        }
    }

    private void constant(ConstantItem item, boolean own) {
        Symbol symbol = scope.find(item.name());
        // A second one with this name has been reported.
        if (symbol != null && symbol.item() == item) {
            Optional<BigInteger> value = constants.value(symbol.constant());
            if (own) {
                value.ifPresent(number -> constantList.add(new Specification.Constant(item.name(), item.position(), item.comment(),
                        number.longValue(), number.bitLength() > 63)));
            }
        }
    }

    private Definition definition(TypeItem item) {
        if (item.body() instanceof EnumBody body) {
            List<Enumerator> enumerators = new ArrayList<>();
            for (EnumeratorSyntax enumerator : body.enumerators()) {
                Symbol symbol = scope.find(enumerator.name());
                if (symbol != null && symbol.constant() != null) {
                    constants.value(symbol.constant()).ifPresent(value ->
                            enumerators.add(new Enumerator(enumerator.name(), value.intValue(), enumerator.comment())));
                }
            }
            return new EnumDefinition(item.name(), item.position(), item.comment(), List.copyOf(enumerators), body.lenient());
        }
        if (item.body() instanceof UnionBody body) {
            checkNames(item, members(body));
            return unions.union(item, body);
        }
        List<Declaration> fields = ((StructBody) item.body()).fields();
        checkNames(item, fields);
        return new StructDefinition(item.name(), item.position(), item.comment(), fields.stream()
                .map(field -> new Field(field.name(), types.type(field), field.comment())).toList());
    }

    private static List<Declaration> members(UnionBody body) {
        List<Declaration> members = new ArrayList<>();
        members.add(body.discriminant());
        body.arms().stream().map(ArmSyntax::value).forEach(members::add);
        if (body.otherwise() != null) {
            members.add(body.otherwise().value());
        }
        members.removeIf(Declaration::isVoid);
        return members;
    }

    private void checkNames(TypeItem item, List<Declaration> fields) {
        Map<String, SourcePosition> names = new HashMap<>();
        for (Declaration field : fields) {
            SourcePosition first = names.putIfAbsent(field.name(), field.position());
            if (first != null) {
                faults.add(field.position(), "found " + field.name() + " again in the " + item.body().keyword() + " " + item.name()
                        + ", expected another name: the first is at " + first);
            }
        }
    }

    /**
     * {@code typedef node *list; struct node { ...; list next; }} is a list as well: the last field is given its plain shape, by which
     * {@link StructDefinition#isListNode} knows it.
     */
    private void showListNodes() {
        for (Map.Entry<String, Definition> entry : definitions.entrySet()) {
            if (entry.getValue() instanceof StructDefinition struct && !struct.fields().isEmpty() && !struct.isListNode()) {
                int last = struct.fields().size() - 1;
                Field field = struct.fields().get(last);
                if (isOptional(field.type(), struct.name())) {
                    List<Field> fields = new ArrayList<>(struct.fields());
                    fields.set(last, new Field(field.name(), new Type.Optional(new Type.Named(struct.name())), field.comment()));
                    entry.setValue(new StructDefinition(struct.name(), struct.position(), struct.comment(), List.copyOf(fields)));
                }
            }
        }
    }

    private boolean isOptional(Type type, String name) {
        Type whole = withoutTypedefs(type);
        return whole instanceof Type.Optional optional && withoutTypedefs(optional.of()).equals(new Type.Named(name));
    }

    private Type withoutTypedefs(Type type) {
        Set<String> followed = new HashSet<>();
        Type each = type;
        while (each instanceof Type.Named named && definitions.get(named.name()) instanceof TypedefDefinition typedef
                && followed.add(named.name())) {
            each = typedef.type();
        }
        return each;
    }
}
