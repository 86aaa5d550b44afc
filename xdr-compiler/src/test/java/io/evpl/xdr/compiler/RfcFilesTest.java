package io.evpl.xdr.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Enumerator;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.Label;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Program;
import io.evpl.xdr.compiler.model.Program.Procedure;
import io.evpl.xdr.compiler.model.Program.Version;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Specification.Constant;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.model.Type.FixedOpaque;
import io.evpl.xdr.compiler.model.Type.Named;
import io.evpl.xdr.compiler.model.Type.Text;
import io.evpl.xdr.compiler.model.Type.VariableArray;
import io.evpl.xdr.compiler.model.Type.VariableOpaque;
import io.evpl.xdr.compiler.syntax.SpecificationReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocols that RPC is used for, as their RFCs write them, in src/test/resources/rfc. */
class RfcFilesTest {
    private static final String NFS3 = "rfc1813-nfs3.x";
    private static final String MOUNT3 = "rfc1813-mount3.x";
    private static final String NLM4 = "rfc1813-nlm4.x";
    private static final String RPCBIND = "rfc1833-rpcbind.x";
    private static final String PORTMAP = "rfc1833-portmap.x";
    private static final String GSS = "rfc2203-gss.x";
    private static final String RPC = "rfc5531-rpc.x";
    private static final String NFS40 = "rfc7531-nfs4.x";
    private static final String NFS42 = "rfc7863-nfs42.x";

    private static Specification read(String file) throws IOException {
        try (InputStream in = RfcFilesTest.class.getResourceAsStream("/rfc/" + file)) {
            return SpecificationReader.read(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static long constant(Specification specification, String name) {
        return specification.constants().stream().filter(each -> each.name().equals(name)).map(Constant::value).findFirst()
                .orElseThrow();
    }

    private static EnumDefinition enumeration(Specification specification, String name) {
        return assertInstanceOf(EnumDefinition.class, specification.definition(name));
    }

    private static int value(Specification specification, String enumeration, String name) {
        return enumeration(specification, enumeration).enumerators().stream().filter(each -> each.name().equals(name))
                .mapToInt(Enumerator::value).findFirst().orElseThrow();
    }

    private static List<Field> fields(Specification specification, String struct) {
        return assertInstanceOf(StructDefinition.class, specification.definition(struct)).fields();
    }

    private static List<String> fieldNames(Specification specification, String struct) {
        return fields(specification, struct).stream().map(Field::name).toList();
    }

    private static Type field(Specification specification, String struct, String name) {
        return fields(specification, struct).stream().filter(each -> each.name().equals(name)).map(Field::type).findFirst()
                .orElseThrow();
    }

    private static Type typedef(Specification specification, String name) {
        return assertInstanceOf(TypedefDefinition.class, specification.definition(name)).type();
    }

    private static UnionDefinition union(Specification specification, String name) {
        return assertInstanceOf(UnionDefinition.class, specification.definition(name));
    }

    private static Version version(Specification specification, int program, int number) {
        return specification.programs().stream().filter(each -> each.number() == program).map(Program::versions)
                .flatMap(List::stream).filter(each -> each.number() == number).findFirst().orElseThrow();
    }

    private static Procedure procedure(Version version, int number) {
        return version.procedures().stream().filter(each -> each.number() == number).findFirst().orElseThrow();
    }

    private static List<Integer> numbers(Version version) {
        return version.procedures().stream().map(Procedure::number).toList();
    }

    private static List<Integer> upTo(int last) {
        return IntStream.rangeClosed(0, last).boxed().toList();
    }

    private static boolean isList(Specification specification, String struct) {
        return assertInstanceOf(StructDefinition.class, specification.definition(struct)).isListNode();
    }

    @ParameterizedTest
    @CsvSource({
            // file, constants, definitions, programs, procedures
            "rfc1813-nfs3.x, 14, 131, 1, 22",
            "rfc1813-mount3.x, 3, 12, 1, 6",
            "rfc1813-nlm4.x, 3, 22, 1, 20",
            "rfc1833-rpcbind.x, 9, 16, 1, 20",
            "rfc1833-portmap.x, 3, 5, 1, 6",
            "rfc2203-gss.x, 2, 9, 0, 0",
            "rfc5531-rpc.x, 0, 17, 0, 0",
            "rfc7531-nfs4.x, 132, 229, 2, 4",
            "rfc7863-nfs42.x, 249, 471, 2, 4"})
    void fileIsReadWhole(String file, int constants, int definitions, int programs, int procedures) throws IOException {
        Specification specification = read(file);
        assertEquals(constants, specification.constants().size());
        assertEquals(definitions, specification.definitions().size());
        assertEquals(programs, specification.programs().size());
        assertEquals(procedures, specification.programs().stream().map(Program::versions).flatMap(List::stream)
                .map(Version::procedures).mapToInt(List::size).sum());
    }

    @Test
    void nfs3HasItsProceduresAndErrors() throws IOException {
        Specification nfs = read(NFS3);
        Version version = version(nfs, 100003, 3);                              // RFC 1813, section 2.2
        assertEquals(upTo(21), numbers(version));                               // section 3
        assertEquals("NFSPROC3_READDIRPLUS", procedure(version, 17).name());
        assertEquals(List.of(new Named("FSINFO3args")), procedure(version, 19).arguments());
        assertEquals(63, value(nfs, "nfsstat3", "NFS3ERR_NAMETOOLONG"));        // section 2.5
        assertEquals(10008, value(nfs, "nfsstat3", "NFS3ERR_JUKEBOX"));
        assertEquals(29, enumeration(nfs, "nfsstat3").enumerators().size());
        assertEquals(0x0010, constant(nfs, "FSF3_CANSETTIME"));                 // section 3.3.19: bit 2 is nobody's
        assertEquals(List.of("type", "mode", "nlink", "uid", "gid", "size", "used", "rdev", "fsid", "fileid", "atime", "mtime",
                "ctime"), fieldNames(nfs, "fattr3"));                           // section 2.6
        assertEquals(Type.Scalar.UNSIGNED_HYPER, typedef(nfs, "uint64"));
        assertTrue(isList(nfs, "entry3"));
        assertTrue(isList(nfs, "entryplus3"));
    }

    @Test
    void createOfNfs3HasOneArmForTwoModes() throws IOException {
        UnionDefinition how = union(read(NFS3), "createhow3");                  // RFC 1813, section 3.3.8
        assertEquals(List.of(new Label("UNCHECKED", 0), new Label("GUARDED", 1)), how.arms().get(0).labels());
        assertEquals(List.of(new Label("EXCLUSIVE", 2)), how.arms().get(1).labels());
        assertTrue(how.otherwise().isEmpty());
    }

    @Test
    void dataOfReadAndWriteMayTravelBesideTheMessage() throws IOException {
        VariableOpaque data = new VariableOpaque(Type.UNBOUNDED, true, true);   // RFC 8267
        Specification nfs3 = read(NFS3);
        assertEquals(data, field(nfs3, "READ3resok", "data"));
        assertEquals(data, field(nfs3, "WRITE3args", "data"));
        for (String file : List.of(NFS40, NFS42)) {
            Specification nfs4 = read(file);
            assertEquals(data, field(nfs4, "READ4resok", "data"));
            assertEquals(data, field(nfs4, "WRITE4args", "data"));
            assertEquals(data, typedef(nfs4, "linktext4"));
        }
        assertEquals(new VariableOpaque(Type.UNBOUNDED, true, false), field(read(NFS42), "data4", "d_data"));
    }

    @Test
    void namesThatNeedNotBeUtf8AreBytes() throws IOException {
        Text bytes = new Text(Type.UNBOUNDED, true);
        assertEquals(bytes, typedef(read(NFS3), "filename3"));
        assertEquals(bytes, typedef(read(NFS3), "nfspath3"));
        assertEquals(bytes, typedef(read(NFS42), "secret4"));
        assertEquals(new Text(1024, true), typedef(read(MOUNT3), "dirpath"));
        assertEquals(new Text(255, false), typedef(read(MOUNT3), "name"));
    }

    @Test
    void mount3HasItsListsThroughTypedefs() throws IOException {
        Specification mount = read(MOUNT3);
        Version version = version(mount, 100005, 3);                            // RFC 1813, section 5.1.2
        assertEquals(upTo(5), numbers(version));                                // section 5.2
        assertEquals(new Named("exports"), procedure(version, 5).result());
        assertEquals(10006, value(mount, "mountstat3", "MNT3ERR_SERVERFAULT")); // section 5.1.5
        assertEquals(new VariableOpaque(64, false, false), typedef(mount, "fhandle3"));
        for (String node : List.of("mountbody", "groupnode", "exportnode")) {
            assertTrue(isList(mount, node), node);
        }
    }

    @Test
    void nlm4LeavesSixteenToNineteenFree() throws IOException {
        Specification nlm = read(NLM4);
        Version version = version(nlm, 100021, 4);                              // RFC 1813, section 6.1.2
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23), numbers(version));
        assertEquals("NLMPROC4_FREE_ALL", procedure(version, 23).name());       // section 6.2
        assertEquals(9, value(nlm, "nlm4_stats", "NLM4_FAILED"));               // section 6.1.4
        assertEquals(List.of("caller_name", "fh", "oh", "svid", "l_offset", "l_len"), fieldNames(nlm, "nlm4_lock"));
    }

    @Test
    void rpcbindHasTwoVersionsOfOneProgram() throws IOException {
        Specification rpcbind = read(RPCBIND);                                  // RFC 1833, section 2.1
        Version three = version(rpcbind, 100000, 3);
        Version four = version(rpcbind, 100000, 4);
        assertEquals(IntStream.rangeClosed(1, 8).boxed().toList(), numbers(three));
        assertEquals(IntStream.rangeClosed(1, 12).boxed().toList(), numbers(four));
        assertEquals("RPCBPROC_CALLIT", procedure(three, 5).name());
        assertEquals("RPCBPROC_BCAST", procedure(four, 5).name());
        assertEquals(List.of(new Text(Type.UNBOUNDED, false)), procedure(four, 7).arguments());
        assertEquals(new Type.FixedArray(Type.Scalar.INT, 13), typedef(rpcbind, "rpcbs_proc"));
        assertEquals(new Type.FixedArray(new Named("rpcb_stat"), 3), typedef(rpcbind, "rpcb_stat_byvers"));
        assertEquals(new Type.Optional(new Named("rp__list")), typedef(rpcbind, "rpcblist_ptr"));
        assertTrue(isList(rpcbind, "rpcb_entry_list"));
    }

    @Test
    void portmapIsVersionTwoOfTheSameProgram() throws IOException {
        Specification portmap = read(PORTMAP);                                  // RFC 1833, section 3.1
        Version version = version(portmap, 100000, 2);
        assertEquals(upTo(5), numbers(version));
        assertEquals(new Named("pmaplist"), procedure(version, 4).result());
        assertTrue(isList(portmap, "pmapentry"));
        assertEquals(111, constant(portmap, "PMAP_PORT"));
        assertEquals(17, constant(portmap, "IPPROTO_UDP"));
    }

    @Test
    void gssCredentialIsChosenByItsVersion() throws IOException {
        Specification gss = read(GSS);                                          // RFC 2203, section 5
        UnionDefinition credential = union(gss, "rpc_gss_cred_t");
        assertEquals(Type.Scalar.UNSIGNED_INT, credential.discriminant().type());
        assertEquals(List.of(new Label("RPCSEC_GSS_VERS_1", 1)), credential.arms().get(0).labels());
        assertEquals(List.of("gss_proc", "seq_num", "service", "handle"), fieldNames(gss, "rpc_gss_cred_vers_1_t"));
        assertEquals(3, value(gss, "rpc_gss_proc_t", "RPCSEC_GSS_DESTROY"));
        assertEquals(1, value(gss, "rpc_gss_service_t", "rpc_gss_svc_none"));
        assertEquals(0x8000_0000L, constant(gss, "MAXSEQ"));
        assertEquals(List.of("handle", "gss_major", "gss_minor", "seq_window", "gss_token"),
                fieldNames(gss, "rpc_gss_init_res"));                           // section 5.2.3.1
    }

    @Test
    void messageOfRpcIsMadeOfTypesDeclaredInPlace() throws IOException {
        Specification rpc = read(RPC);                                          // RFC 5531, section 9
        assertEquals(List.of("rpcvers", "prog", "vers", "proc", "cred", "verf"), fieldNames(rpc, "call_body"));
        Named body = assertInstanceOf(Named.class, field(rpc, "rpc_msg", "body"));
        assertEquals(2, union(rpc, body.name()).arms().size());
        Named reply = assertInstanceOf(Named.class, field(rpc, "accepted_reply", "reply_data"));
        List<Arm> arms = union(rpc, reply.name()).arms();
        assertEquals(new FixedOpaque(0), arms.get(0).value().orElseThrow().type());
        Named mismatch = assertInstanceOf(Named.class, arms.get(1).value().orElseThrow().type());
        assertEquals(List.of("low", "high"), fieldNames(rpc, mismatch.name()));
        assertEquals(new VariableOpaque(400, false, false), field(rpc, "opaque_auth", "body"));     // section 8.2
        assertEquals(14, value(rpc, "auth_stat", "RPCSEC_GSS_CTXPROBLEM"));
        assertEquals(5, value(rpc, "accept_stat", "SYSTEM_ERR"));
        assertEquals(new Text(255, false), field(rpc, "authsys_parms", "machinename"));             // appendix A
        assertEquals(new VariableArray(Type.Scalar.UNSIGNED_INT, 16), field(rpc, "authsys_parms", "gids"));
    }

    @Test
    void nfs40EndsWhereTheMinorVersionsBegin() throws IOException {
        Specification nfs = read(NFS40);                                        // RFC 7531, section 2
        assertEquals(upTo(1), numbers(version(nfs, 100003, 4)));
        assertEquals(upTo(1), numbers(version(nfs, 0x4000_0000, 1)));
        assertEquals(39, value(nfs, "nfs_opnum4", "OP_RELEASE_LOCKOWNER"));
        assertEquals(38, enumeration(nfs, "nfs_opnum4").enumerators().size());
        assertEquals(10048, value(nfs, "nfsstat4", "NFS4ERR_CB_PATH_DOWN"));
        assertEquals(List.of("r_netid", "r_addr"), fieldNames(nfs, "clientaddr4"));
        UnionDefinition callback = union(nfs, "nfs_cb_argop4");
        assertEquals(Type.Scalar.UNSIGNED_INT, callback.discriminant().type());
        assertEquals(List.of(new Label("OP_CB_ILLEGAL", 10044)), callback.arms().get(2).labels());
    }

    @Test
    void nfs42HasTheOperationsOfAllMinorVersions() throws IOException {
        Specification nfs = read(NFS42);                                        // RFC 7863, section 2
        assertEquals(53, value(nfs, "nfs_opnum4", "OP_SEQUENCE"));
        assertEquals(68, value(nfs, "nfs_opnum4", "OP_READ_PLUS"));
        assertEquals(71, value(nfs, "nfs_opnum4", "OP_CLONE"));
        assertEquals(15, value(nfs, "nfs_cb_opnum4", "OP_CB_OFFLOAD"));
        assertEquals(10094, value(nfs, "nfsstat4", "NFS4ERR_OFFLOAD_NO_REQS"));
        assertEquals(80, constant(nfs, "FATTR4_SEC_LABEL"));
        assertEquals(75, constant(nfs, "FATTR4_SUPPATTR_EXCLCREAT"));
        assertEquals(-2, constant(nfs, "NFS4_MAXFILEOFF"));                     // 2^64 - 2
        assertEquals(3, value(nfs, "layoutrecall_type4", "LAYOUTRECALL4_ALL")); // by way of LAYOUT4_RET_REC_ALL
        assertEquals(new FixedOpaque(16), typedef(nfs, "sessionid4"));
        for (String name : List.of("nfs_argop4", "nfs_resop4")) {
            Set<Integer> labels = union(nfs, name).arms().stream().map(Arm::labels).flatMap(List::stream).map(Label::value)
                    .collect(Collectors.toSet());
            assertEquals(enumeration(nfs, "nfs_opnum4").enumerators().stream().map(Enumerator::value)
                    .collect(Collectors.toSet()), labels, name);
        }
    }

    /** One that is chosen by a lenient enum has a default arm: an unknown value has somewhere to go. */
    @Test
    void unionsOfLenientEnumsHaveDefaultArms() throws IOException {
        int seen = 0;
        for (String file : List.of(NFS3, MOUNT3, NLM4, RPCBIND, PORTMAP, GSS, RPC, NFS40, NFS42)) {
            Specification specification = read(file);
            for (Object definition : specification.definitions().values()) {
                if (definition instanceof UnionDefinition union && union.discriminant().type() instanceof Named enumeration
                        && specification.definition(enumeration.name()) instanceof EnumDefinition known && known.lenient()) {
                    assertTrue(union.otherwise().isPresent(), file + ": " + union.name());
                    seen++;
                }
            }
        }
        assertEquals(91, seen);
        assertTrue(enumeration(read(NFS42), "layouttype4").lenient());
        assertFalse(enumeration(read(NFS42), "nfs_opnum4").lenient());
    }
}
