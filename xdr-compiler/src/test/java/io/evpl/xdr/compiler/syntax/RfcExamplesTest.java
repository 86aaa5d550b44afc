package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Enumerator;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.Label;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Program.Procedure;
import io.evpl.xdr.compiler.model.Program.Version;
import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Specification.Constant;
import io.evpl.xdr.compiler.model.Type;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of the standards themselves. */
class RfcExamplesTest {
    private static SourcePosition at(int line, int column) {
        return new SourcePosition("x.x", line, column);
    }

    @Test
    @DisplayName("RFC 4506 section 7: a file")
    void fileOfTheXdrStandardIsItsModel() {
        Specification file = Reading.read("""
                const MAXUSERNAME = 32;     /* max length of a user name */
                const MAXFILELEN = 65535;   /* max length of a file      */
                const MAXNAMELEN = 255;     /* max length of a file name */

                /*
                 * Types of files:
                 */
                enum filekind {
                   TEXT = 0,       /* ascii data */
                   DATA = 1,       /* raw data   */
                   EXEC = 2        /* executable */
                };

                /*
                 * File information, per kind of file:
                 */
                union filetype switch (filekind kind) {
                case TEXT:
                   void;                           /* no extra information */
                case DATA:
                   string creator<MAXNAMELEN>;     /* data creator         */
                case EXEC:
                   string interpretor<MAXNAMELEN>; /* program interpretor  */
                };

                /*
                 * A complete file:
                 */
                struct file {
                   string filename<MAXNAMELEN>; /* name of file    */
                   filetype type;               /* info about file */
                   string owner<MAXUSERNAME>;   /* owner of file   */
                   opaque data<MAXFILELEN>;     /* file data       */
                };
                """);
        assertEquals(List.of(
                new Constant("MAXUSERNAME", at(1, 7), "max length of a user name", 32, false),
                new Constant("MAXFILELEN", at(2, 7), "max length of a file", 65535, false),
                new Constant("MAXNAMELEN", at(3, 7), "max length of a file name", 255, false)), file.constants());
        assertEquals(List.of("filekind", "filetype", "file"), List.copyOf(file.definitions().keySet()));
        assertEquals(new EnumDefinition("filekind", at(8, 6), "Types of files:", List.of(
                new Enumerator("TEXT", 0, "ascii data"), new Enumerator("DATA", 1, "raw data"),
                new Enumerator("EXEC", 2, "executable")), false), file.definition("filekind"));
        assertEquals(new UnionDefinition("filetype", at(17, 7), "File information, per kind of file:",
                new Field("kind", new Type.Named("filekind"), ""), List.of(
                        new Arm(List.of(new Label("TEXT", 0)), Optional.empty()),
                        new Arm(List.of(new Label("DATA", 1)), Optional.of(new Field("creator", new Type.Text(255, false), "data creator"))),
                        new Arm(List.of(new Label("EXEC", 2)),
                                Optional.of(new Field("interpretor", new Type.Text(255, false), "program interpretor")))),
                Optional.empty()), file.definition("filetype"));
        assertEquals(new StructDefinition("file", at(29, 8), "A complete file:", List.of(
                new Field("filename", new Type.Text(255, false), "name of file"),
                new Field("type", new Type.Named("filetype"), "info about file"),
                new Field("owner", new Type.Text(32, false), "owner of file"),
                new Field("data", new Type.VariableOpaque(65535, false, false), "file data"))), file.definition("file"));
        assertTrue(file.programs().isEmpty());
    }

    @Test
    @DisplayName("RFC 5531 section 12.1: the ping program")
    void pingOfTheRpcStandardIsItsModel() {
        Specification ping = Reading.read("""
                /*
                 * Simple ping program
                 */
                program PING_PROG {
                      /*
                       * Latest and greatest version
                       */
                      version PING_VERS_PINGBACK {
                         void
                         PINGPROC_NULL(void) = 0;

                         /*
                          * Ping the client, return the round-trip time
                          * (in microseconds).  Returns -1 if the operation
                          * timed out.
                          */
                         int
                         PINGPROC_PINGBACK(void) = 1;
                      } = 2;

                      /*
                       * Original version
                       */
                      version PING_VERS_ORIG {
                         void
                         PINGPROC_NULL(void) = 0;
                      } = 1;
                } = 1;

                const PING_VERS = 2;      /* latest version */
                """);
        assertEquals(1, ping.programs().size());
        assertEquals("Simple ping program", ping.programs().get(0).comment());
        assertEquals(1, ping.programs().get(0).number());
        List<Version> versions = ping.programs().get(0).versions();
        assertEquals(new Version("PING_VERS_PINGBACK", at(8, 15), "Latest and greatest version", 2, List.of(
                new Procedure("PINGPROC_NULL", at(10, 10), "", 0, new Type.Nothing(), List.of()),
                new Procedure("PINGPROC_PINGBACK", at(18, 10), "Ping the client, return the round-trip time\n"
                        + "(in microseconds).  Returns -1 if the operation\ntimed out.", 1, Type.Scalar.INT, List.of()))),
                versions.get(0));
        assertEquals(new Version("PING_VERS_ORIG", at(24, 15), "Original version", 1, List.of(
                new Procedure("PINGPROC_NULL", at(26, 10), "", 0, new Type.Nothing(), List.of()))), versions.get(1));
        assertEquals(List.of(new Constant("PING_VERS", at(30, 7), "latest version", 2, false)), ping.constants());
    }

    @Test
    @DisplayName("RFC 4506 section 4.19: a list as an optional, and as the union that it stands for")
    void listOfTheXdrStandardIsRightInBothForms() {
        Specification pointers = Reading.read("struct stringentry { string item<>; stringentry *next; }; typedef stringentry *stringlist;");
        assertTrue(((StructDefinition) pointers.definition("stringentry")).isListNode());
        Specification union = Reading.read("union stringlist switch (bool opted) { case TRUE: stringentry element; case FALSE: void; };"
                + " struct stringentry { string item<>; stringlist next; };");
        assertEquals(new Type.Named("stringlist"), Reading.field(union, "stringentry", "next").type());
        Specification typedef = Reading.read("typedef stringentry *stringlist; struct stringentry { string item<>; stringlist next; };");
        assertTrue(((StructDefinition) typedef.definition("stringentry")).isListNode());
    }
}
