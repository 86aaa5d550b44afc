package io.evpl.rpc2.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Finds the program to check: by number, by asking for those that everybody knows, or by asking rpcbind (RFC 1833). */
public final class TargetFinder {
    /** Of a program that rpcbind has. */
    public record Registration(int program, int version, int protocol, int port) {
        public boolean isTcp() {
            return protocol == TCP;
        }
    }

    private static final int RPCBIND_PORT = 111;
    private static final int RPCBIND = 100_000;
    private static final int RPCBIND_VERSION = 2; // the one whose mappings are numbers: RFC 1833 section 3
    private static final int GETPORT = 3;
    private static final int DUMP = 4;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int[] WELL_KNOWN = {Shapes.PROGRAM, 100_003, 100_005, RPCBIND, 100_021, 100_024}; // NFS, MOUNT, NLM, NSM
    private static final int XID = 0x4556_f001;
    private static final int MAX_REGISTRATIONS = 4096;

    private final InetSocketAddress address;
    private final CheckOptions options;

    public TargetFinder(InetSocketAddress address, CheckOptions options) {
        this.address = address;
        this.options = options;
    }

    Target find() throws IOException {
        InetSocketAddress where = address;
        if (options.program() != 0 && options.program() != RPCBIND && address.getPort() == RPCBIND_PORT) {
            where = new InetSocketAddress(address.getAddress(), portOf(options.program()));
        }
        if (options.program() != 0 && options.version() != 0) {
            return notRefused(new Target(where, options.program(), options.version(), options));
        }
        int[] candidates = options.program() != 0 ? new int[] {options.program()}
                : address.getPort() == RPCBIND_PORT ? new int[] {RPCBIND} : WELL_KNOWN;
        for (int program : candidates) {
            OptionalInt version = highestVersion(where, program);
            if (version.isPresent()) {
                return new Target(where, program, options.version() == 0 ? version.getAsInt() : options.version(), options);
            }
        }
        throw new IOException(where.getHostString() + ":" + where.getPort() + (candidates.length > 1
                ? " serves none of the well-known programs; --program names the one to check"
                : " does not tell which versions of program " + Integer.toUnsignedString(candidates[0])
                + " it serves; --version names one"));
    }

    /** Whatever else is wrong with the answer is for the rows to say. */
    private Target notRefused(Target target) throws IOException {
        Outcome outcome = ask(target.address(), target.call(XID));
        return switch (outcome.kind()) {
            case PROG_UNAVAIL, PROG_MISMATCH -> throw new IOException(target + " is answered by " + outcome
                    + ": nothing can be checked");
            case SUCCESS, PROC_UNAVAIL, GARBAGE_ARGS, SYSTEM_ERR, RPC_MISMATCH, AUTH_ERROR, CLOSED, SILENCE, MALFORMED -> target;
        };
    }

    /** A version that nobody has is answered by the range of those that there are. */
    private OptionalInt highestVersion(InetSocketAddress where, int program) throws IOException {
        Outcome outcome = ask(where, new RawCall(XID, program, 0, 0));
        return outcome.kind() == Outcome.Kind.PROG_MISMATCH ? OptionalInt.of(outcome.high()) : OptionalInt.empty();
    }

    /** What rpcbind at the address has, of all transports. */
    public List<Registration> registrations() throws IOException {
        Outcome outcome = askRpcbind(DUMP);
        List<Registration> found = new ArrayList<>();
        try {
            RawReader in = new RawReader(outcome.results());
            while (in.u32("the list") == 1 && found.size() < MAX_REGISTRATIONS) {
                found.add(new Registration(in.u32("program"), in.u32("version"), in.u32("protocol"), in.u32("port")));
            }
        } catch (RawReader.Malformed e) {
            throw new IOException("rpcbind's list " + e.getMessage(), e);
        }
        return found;
    }

    private int portOf(int program) throws IOException {
        Outcome outcome = askRpcbind(GETPORT, program, options.version(), options.udp() ? UDP : TCP, 0);
        try {
            int port = new RawReader(outcome.results()).u32("the port");
            if (port <= 0 || port > 0xffff) {
                throw new IOException("rpcbind at " + address.getHostString() + " has no program "
                        + Integer.toUnsignedString(program) + " over " + (options.udp() ? "UDP" : "TCP"));
            }
            return port;
        } catch (RawReader.Malformed e) {
            throw new IOException("rpcbind's answer " + e.getMessage(), e);
        }
    }

    private Outcome askRpcbind(int procedure, int... arguments) throws IOException {
        Outcome outcome = ask(address, new RawCall(XID, RPCBIND, RPCBIND_VERSION, procedure)
                .arguments(new RawXdr().ints(arguments).bytes()));
        if (outcome.kind() != Outcome.Kind.SUCCESS) {
            throw new IOException("rpcbind at " + address.getHostString() + " answers " + outcome);
        }
        return outcome;
    }

    private Outcome ask(InetSocketAddress where, RawCall call) throws IOException {
        try (Wire wire = new Target(where, 0, 0, options).open()) {
            byte[] message = call.bytes();
            wire.send(wire.isStream() ? RecordBytes.whole(message) : message, Delivery.ONE_WRITE);
            return wire.receive().of(XID);
        }
    }
}
