package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.syntax.Syntax.Item;
import java.util.List;

/** Reads .x files: the front door of this package. Has no state; threads may share it. */
public final class SpecificationReader {
    private SpecificationReader() {
    }

    /**
     * Reads a specification that includes no other file.
     *
     * @param fileName for messages
     * @throws XdrSyntaxException with each fault's place
     */
    public static Specification read(String fileName, String text) {
        return read(fileName, text, false, SourceFiles.none());
    }

    /**
     * Reads a specification.
     *
     * @param fileName for messages; files that it includes are looked for beside it
     * @param lenientEnums whether an enum is lenient that says neither {@code @lenient} nor {@code @strict}
     * @param files where included files are, and those that lend what only a C header would define
     * @throws XdrSyntaxException with each fault's place: the first one that cannot be read, or all that is wrong with the names
     */
    public static Specification read(String fileName, String text, boolean lenientEnums, SourceFiles files) {
        TokenStream tokens = new TokenStream(fileName, text, files);
        List<Item> items = InPlaceTypes.named(new Parser(tokens, lenientEnums).specification());
        return new Resolver(fileName, tokens.directives(), files).resolve(items);
    }
}
