package io.evpl.xdr.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Sun wrote for rpcgen, as Debian's package rpcsvc-proto has it. Where it must be there is decided by {@code -Devpl.require}. */
@EnabledIf("areFilesHereOrRequired")
class RpcsvcFilesTest {
    private static final Path DIRECTORY = Path.of("/usr/include/rpcsvc");

    /** Other packages have headers in the same directory. */
    private static boolean areFilesHere() {
        return Files.exists(DIRECTORY.resolve("nfs_prot.x"));
    }

    static boolean areFilesHereOrRequired() {
        return areFilesHere() || System.getProperty("evpl.require") != null;
    }

    @BeforeAll
    static void filesAreHere() {
        assertTrue(areFilesHere(), () -> DIRECTORY + " has no nfs_prot.x: apt-get install rpcsvc-proto");
    }

    static Stream<String> names() throws IOException {
        if (!areFilesHere()) {
            return Stream.of("nfs_prot.x");
        }
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".x")).sorted().forEach(names::add);
        }
        return names.stream();
    }

    private static Specification read(String name) throws IOException {
        Path file = DIRECTORY.resolve(name);
        return SpecificationReader.read(file.toString(), Files.readString(file), false, SourceFiles.onDisk());
    }

    @ParameterizedTest
    @MethodSource("names")
    void fileIsReadAndEveryNameInItIsKnown(String name) throws IOException {
        Specification specification = read(name);
        List<Field> fields = specification.definitions().values().stream().filter(StructDefinition.class::isInstance)
                .flatMap(struct -> ((StructDefinition) struct).fields().stream()).toList();
        for (Field field : fields) {
            if (field.type() instanceof Type.Named named) {
                assertEquals(named.name(), specification.definition(named.name()).name());
            }
        }
        assertTrue(specification.definitions().size() + specification.programs().size() > 0, name);
    }

    @Test
    void seventeenFilesAreThere() throws IOException {
        assertEquals(17, names().count());
    }

    @Test
    void mountListIsAListThoughATypedefIsBetween() throws IOException {
        Specification mount = read("mount.x");
        assertTrue(((StructDefinition) mount.definition("mountbody")).isListNode());
        assertTrue(((StructDefinition) mount.definition("exportnode")).isListNode());
        assertEquals(new Type.Optional(new Type.Named("mountbody")), Reading.typedef(mount, "mountlist"));
    }

    @Test
    void whatIsOnlyInTheHeaderIsFound() throws IOException {
        Specification nlm = read("nlm_prot.x");
        assertEquals(new Type.Text(1025, false), Reading.field(nlm, "nlm_notify", "name").type());
        assertEquals(new Type.VariableOpaque(1024, false, false), Reading.field(nlm, "nlm_res", "cookie").type());
        assertEquals(new Type.FixedOpaque(8), Reading.field(read("key_prot.x"), "cryptkeyarg", "deskey").type());
        Set<String> lent = read("nis_callback.x").definitions().keySet();
        assertTrue(lent.containsAll(List.of("nis_object", "nis_oid", "nis_error")) && !lent.contains("log_entry"), lent.toString());
    }

    @Test
    void partsForSunsMistakesAreLeftOut() throws IOException {
        Specification yp = read("yp.x");
        assertEquals(List.of("stat", "val", "key"),
                ((StructDefinition) yp.definition("ypresp_key_val")).fields().stream().map(field -> field.name()).toList());
        Program push = yp.programs().get(1);
        assertEquals(0x4000_0000, push.number());
        assertEquals(List.of(new Type.Named("yppushresp_xfr")), push.versions().get(0).procedures().get(1).arguments());
    }

    @Test
    void numbersOfEveryKindAreReadFromNfs() throws IOException {
        Specification nfs = read("nfs_prot.x");
        Specification.Constant directory = nfs.constants().stream().filter(each -> each.name().equals("NFSMODE_DIR")).findFirst().orElseThrow();
        assertEquals(16384, directory.value());
        assertEquals("directory", directory.comment());
        assertEquals(-1, nfs.constants().stream().filter(each -> each.name().equals("NFS_FIFO_DEV")).findFirst().orElseThrow().value());
        assertEquals(100003, nfs.programs().get(0).number());
        assertEquals(18, nfs.programs().get(0).versions().get(0).procedures().size());
    }
}
