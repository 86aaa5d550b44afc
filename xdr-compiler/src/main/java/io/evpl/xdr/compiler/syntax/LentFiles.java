package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.syntax.Syntax.EnumBody;
import io.evpl.xdr.compiler.syntax.Syntax.EnumeratorSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.Item;
import io.evpl.xdr.compiler.syntax.Syntax.ProgramItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypeItem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a specification takes from others through C: {@code %#include "other.h"} is what rpcgen makes of other.x. If that one is there,
 * it lends its types and constants, those that are used. Nothing is read before a name is missing.
 */
final class LentFiles {
    /** What C's RPC headers define and NFSv4's specification (RFC 7863) uses without saying so; the structure is RFC 5531's. */
    private static final String RPC_HEADERS = """
            const AUTH_NONE = 0;
            const AUTH_NULL = 0;
            const AUTH_SYS = 1;
            const AUTH_UNIX = 1;
            const AUTH_SHORT = 2;
            const AUTH_DH = 3;
            const RPCSEC_GSS = 6;

            struct authsys_parms {
                unsigned int stamp;
                string machinename<255>;
                unsigned int uid;
                unsigned int gid;
                unsigned int gids<16>;
            };
            """;

    private final String mainFile;
    private final SourceFiles files;
    private final List<Directives> directives = new ArrayList<>();
    private final Deque<String> toRead = new ArrayDeque<>();
    private final Set<String> read = new HashSet<>();
    private final Map<String, Item> items = new HashMap<>();

    LentFiles(String mainFile, SourceFiles files, Directives main) {
        this.mainFile = mainFile;
        this.files = files;
        read.add(mainFile);
        note(main);
    }

    /** What defines this name: for an enumerator its enum. Null if no file does. */
    Item item(String name) {
        while (!items.containsKey(name) && !toRead.isEmpty()) {
            read(toRead.poll());
        }
        if (!items.containsKey(name) && read.add(RPC_HEADERS)) {
            take(new TokenStream("<rpc/rpc.h>", RPC_HEADERS, SourceFiles.none()));
        }
        return items.get(name);
    }

    /** A macro with this name, of the main file's or of those that were read; null if there is none. */
    Directives.Macro macro(String name) {
        for (Directives each : directives) {
            if (each.macro(name) != null) {
                return each.macro(name);
            }
        }
        return null;
    }

    private void note(Directives from) {
        directives.add(from);
        for (String header : from.headers()) {
            String name = header.substring(header.lastIndexOf('/') + 1);
            if (name.endsWith(".h")) {
                toRead.add(SourceFiles.beside(mainFile, name.substring(0, name.length() - 2) + ".x"));
            }
        }
    }

    private void read(String path) {
        String text = read.add(path) ? files.find(path).orElse(null) : null;
        if (text == null) {
            return;
        }
        TokenStream tokens = new TokenStream(path, text, files);
        take(tokens);
        note(tokens.directives());
    }

    private void take(TokenStream tokens) {
        for (Item item : InPlaceTypes.named(new Parser(tokens, false).specification())) {
            if (item instanceof ProgramItem) {
                continue;
            }
            items.putIfAbsent(item.name(), item);
            if (item instanceof TypeItem type && type.body() instanceof EnumBody body) {
                for (EnumeratorSyntax enumerator : body.enumerators()) {
                    items.putIfAbsent(enumerator.name(), item);
                }
            }
        }
    }
}
