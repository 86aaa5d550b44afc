package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.syntax.Syntax.ArmSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.Body;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
import io.evpl.xdr.compiler.syntax.Syntax.Decoration;
import io.evpl.xdr.compiler.syntax.Syntax.Item;
import io.evpl.xdr.compiler.syntax.Syntax.NamedType;
import io.evpl.xdr.compiler.syntax.Syntax.ProcedureSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.ProgramItem;
import io.evpl.xdr.compiler.syntax.Syntax.StructBody;
import io.evpl.xdr.compiler.syntax.Syntax.TypeItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypedefItem;
import io.evpl.xdr.compiler.syntax.Syntax.UnionBody;
import io.evpl.xdr.compiler.syntax.Syntax.VersionSyntax;
import java.util.ArrayList;
import java.util.List;

/** Gives a name to each type that was declared within another, made of the path to it, and puts it before the one that holds it. */
final class InPlaceTypes {
    private final List<Item> items = new ArrayList<>();

    private InPlaceTypes() {
    }

    static List<Item> named(List<Item> items) {
        InPlaceTypes types = new InPlaceTypes();
        items.forEach(types::item);
        return types.items;
    }

    private void item(Item item) {
        if (item instanceof TypeItem type) {
            items.add(new TypeItem(type.position(), type.name(), type.comment(), body(type.name(), type.body())));
        } else if (item instanceof TypedefItem typedef) {
            typedef(typedef);
        } else if (item instanceof ProgramItem program) {
            program(program);
        } else {
            items.add(item);
        }
    }

    private void typedef(TypedefItem typedef) {
        Declaration declaration = typedef.declaration();
        boolean plain = declaration.shape().decoration() == Decoration.NONE;
        if (plain && declaration.type() instanceof Body body) {
            // RFC 4506 section 4.18: the same as struct name { ... }.
            items.add(new TypeItem(typedef.position(), typedef.name(), typedef.comment(), body(typedef.name(), body)));
        } else if (!(plain && declaration.type() instanceof NamedType named && named.name().equals(typedef.name())
                && !named.keyword().isEmpty())) {
            items.add(new TypedefItem(declaration(typedef.name(), "element", declaration), typedef.comment()));
        } // else typedef struct x x, which C needs: nothing is to be added to the struct
    }

    private void program(ProgramItem program) {
        List<VersionSyntax> versions = new ArrayList<>();
        for (VersionSyntax version : program.versions()) {
            List<ProcedureSyntax> procedures = new ArrayList<>();
            for (ProcedureSyntax procedure : version.procedures()) {
                String path = program.name() + "_" + version.name() + "_" + procedure.name();
                Declaration result = declaration(path, "result", procedure.result());
                List<Declaration> arguments = new ArrayList<>();
                for (Declaration argument : procedure.arguments()) {
                    String name = !argument.name().isEmpty() ? argument.name()
                            : procedure.arguments().size() == 1 ? "argument" : "argument" + (arguments.size() + 1);
                    arguments.add(declaration(path, name, argument));
                }
                procedures.add(new ProcedureSyntax(procedure.position(), procedure.name(), procedure.comment(), procedure.number(),
                        result, arguments));
            }
            versions.add(new VersionSyntax(version.position(), version.name(), version.comment(), version.number(), procedures));
        }
        items.add(new ProgramItem(program.position(), program.name(), program.comment(), program.number(), versions));
    }

    private Declaration declaration(String path, String name, Declaration declaration) {
        if (!(declaration.type() instanceof Body body)) {
            return declaration;
        }
        String inner = path + "_" + name;
        items.add(new TypeItem(body.position(), inner, declaration.comment(), body(inner, body)));
        return new Declaration(declaration.position(), declaration.name(), new NamedType(body.position(), body.keyword(), inner),
                declaration.shape(), declaration.comment());
    }

    private Body body(String path, Body body) {
        if (body instanceof StructBody struct) {
            List<Declaration> fields = new ArrayList<>();
            struct.fields().forEach(field -> fields.add(declaration(path, field.name(), field)));
            return new StructBody(struct.position(), fields);
        }
        if (body instanceof UnionBody union) {
            Declaration discriminant = declaration(path, union.discriminant().name(), union.discriminant());
            List<ArmSyntax> arms = new ArrayList<>();
            union.arms().forEach(arm -> arms.add(arm(path, arm)));
            return new UnionBody(union.position(), discriminant, arms, union.otherwise() == null ? null : arm(path, union.otherwise()));
        }
        return body;
    }

    private ArmSyntax arm(String path, ArmSyntax arm) {
        return new ArmSyntax(arm.labels(), declaration(path, arm.value().name(), arm.value()));
    }
}
