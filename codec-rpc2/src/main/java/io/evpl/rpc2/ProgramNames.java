package io.evpl.rpc2;

import java.util.Map;

/** Names of well-known programs, as /etc/rpc has them, for people: metrics, traces and tables. */
public final class ProgramNames {
    private static final Map<Integer, String> NAMES = Map.ofEntries(Map.entry(100000, "rpcbind"), Map.entry(100001, "rstatd"),
            Map.entry(100002, "rusersd"), Map.entry(100003, "nfs"), Map.entry(100004, "ypserv"), Map.entry(100005, "mountd"),
            Map.entry(100007, "ypbind"), Map.entry(100009, "yppasswdd"), Map.entry(100011, "rquotad"), Map.entry(100012, "sprayd"),
            Map.entry(100021, "nlockmgr"), Map.entry(100024, "status"), Map.entry(100026, "bootparam"), Map.entry(100227, "nfs_acl"),
            Map.entry(0x4000_0000, "nfs_callback"));

    private ProgramNames() {
    }

    /** The program's name, or its number in decimal digits. */
    public static String of(int program) {
        String name = NAMES.get(program);
        return name == null ? Integer.toUnsignedString(program) : name;
    }
}
