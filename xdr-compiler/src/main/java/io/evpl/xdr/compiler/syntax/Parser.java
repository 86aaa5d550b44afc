package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.syntax.Syntax.ConstantItem;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
import io.evpl.xdr.compiler.syntax.Syntax.EnumBody;
import io.evpl.xdr.compiler.syntax.Syntax.Item;
import io.evpl.xdr.compiler.syntax.Syntax.ProcedureSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.ProgramItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypeItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypedefItem;
import io.evpl.xdr.compiler.syntax.Syntax.Value;
import io.evpl.xdr.compiler.syntax.Syntax.VersionSyntax;
import java.util.ArrayList;
import java.util.List;

/** The definitions of a specification, in the order of the file. */
final class Parser {
    private final TokenReader tokens;
    private final DeclarationParser declarations;
    private final Directives directives;

    Parser(TokenStream stream, boolean lenientEnums) {
        this.tokens = new TokenReader(stream);
        this.declarations = new DeclarationParser(tokens, lenientEnums);
        this.directives = stream.directives();
    }

    List<Item> specification() {
        List<Item> items = new ArrayList<>();
        while (!tokens.at(TokenKind.END)) {
            Item item = definition();
            if (item != null) {
                items.add(item);
            }
        }
        return items;
    }

    private Item definition() {
        Token first = tokens.current();
        Annotations annotations = new Annotations();
        annotations.readFrom(tokens);
        Item item;
        if (tokens.at("typedef")) {
            item = typedef(first, annotations);
        } else if (tokens.at("enum")) {
            item = enumeration(first, annotations);
        } else {
            annotations.refuseRest();
            item = tokens.at("const") ? constant(first)
                    : tokens.at("struct") || tokens.at("union") ? type(first)
                    : tokens.at("program") ? program(first)
                    : null;
            if (item == null && !first.is("const")) {
                throw unexpectedDefinition();
            }
        }
        return item;
    }

    private XdrSyntaxException unexpectedDefinition() {
        String hint = tokens.at(TokenKind.NAME) ? Words.hint(tokens.current().text(), Words.DEFINITIONS) : "";
        return tokens.unexpected("const, enum, program, struct, typedef or union" + hint);
    }

    private String end(Token first) {
        Token last = tokens.expect(";");
        return tokens.comment(first, last);
    }

    /** A text, as rpcgen takes it for C's #define, has no place in XDR: it is passed on, and null is returned. */
    private ConstantItem constant(Token first) {
        tokens.expect("const");
        Token name = tokens.expectName("the constant's name");
        tokens.expect("=");
        if (tokens.at(TokenKind.TEXT)) {
            directives.passThrough("const " + name.text() + " = \"" + tokens.take().text() + "\";");
            tokens.expect(";");
            return null;
        }
        Value value = declarations.value("a number or a constant's name");
        return new ConstantItem(name.position(), name.text(), end(first), value);
    }

    private TypedefItem typedef(Token first, Annotations annotations) {
        tokens.expect("typedef");
        Token declared = tokens.current();
        Declaration declaration = declarations.declaration("a type", annotations);
        if (declaration.isVoid()) {
            throw new XdrSyntaxException(declared.position(), "found the keyword void, expected a type");
        }
        return new TypedefItem(declaration, end(first));
    }

    private TypeItem enumeration(Token first, Annotations annotations) {
        tokens.expect("enum");
        Token name = tokens.expectName("the name of the enum");
        EnumBody body = declarations.enumBody(name.position(), annotations);
        annotations.refuseRest();
        return new TypeItem(name.position(), name.text(), end(first), body);
    }

    private TypeItem type(Token first) {
        boolean isStruct = tokens.take().text().equals("struct");
        Token name = tokens.expectName("the name of the " + (isStruct ? "struct" : "union"));
        Syntax.Body body = isStruct ? declarations.structBody(name.position()) : declarations.unionBody(name.position());
        return new TypeItem(name.position(), name.text(), end(first), body);
    }

    // ---- RFC 5531, section 12.2

    private ProgramItem program(Token first) {
        tokens.expect("program");
        Token name = tokens.expectName("the program's name");
        tokens.expect("{");
        List<VersionSyntax> versions = new ArrayList<>();
        do {
            if (!tokens.at("version")) {
                throw tokens.unexpected("version" + (versions.isEmpty() ? "" : " or \"}\""));
            }
            versions.add(version());
        } while (!tokens.takes("}"));
        tokens.expect("=");
        Value number = declarations.value("the program's number");
        return new ProgramItem(name.position(), name.text(), end(first), number, versions);
    }

    private VersionSyntax version() {
        Token first = tokens.expect("version");
        Token name = tokens.expectName("the version's name");
        tokens.expect("{");
        List<ProcedureSyntax> procedures = new ArrayList<>();
        String expected = "the type of a procedure's result";
        do {
            procedures.add(procedure(expected));
            expected = "the type of a procedure's result or \"}\"";
        } while (!tokens.takes("}"));
        tokens.expect("=");
        Value number = declarations.value("the version's number");
        return new VersionSyntax(name.position(), name.text(), end(first), number, procedures);
    }

    private ProcedureSyntax procedure(String expected) {
        Token first = tokens.current();
        Declaration result = declarations.parameter(expected, false);
        Token name = tokens.expectName("the procedure's name" + declarations.misspelt(result));
        tokens.expect("(");
        List<Declaration> arguments = new ArrayList<>();
        Declaration argument = declarations.parameter("the type of the argument, or void", true);
        if (!argument.isVoid()) {
            arguments.add(argument);
            while (tokens.takes(",")) {
                Token next = tokens.current();
                arguments.add(declarations.parameter("the type of the argument", true));
                if (arguments.get(arguments.size() - 1).isVoid()) {
                    throw new XdrSyntaxException(next.position(), "found the keyword void, expected the type of the argument");
                }
            }
        }
        if (!tokens.takes(")")) {
            throw tokens.unexpected(argument.isVoid() ? "\")\"" : "\",\" or \")\"");
        }
        tokens.expect("=");
        Value number = declarations.value("the procedure's number");
        return new ProcedureSyntax(name.position(), name.text(), end(first), number, result, arguments);
    }
}
