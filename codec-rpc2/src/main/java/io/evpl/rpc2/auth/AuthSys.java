package io.evpl.rpc2.auth;

import io.evpl.rpc2.RpcCaller;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;

/**
 * AUTH_SYS: a Unix user who says who he is, and is believed (RFC 5531, appendix A).
 *
 * @param stamp       an arbitrary id of the caller's
 * @param machineName at most {@value #MAX_MACHINE_NAME_BYTES} bytes in UTF-8
 * @param uid         user, unsigned
 * @param gid         first group, unsigned
 * @param gids        further groups, at most {@value #MAX_GIDS}; not copied, so do not change it
 */
public record AuthSys(int stamp, String machineName, int uid, int gid, int[] gids) implements Credential {
    /** Its number. */
    public static final int FLAVOR = 1;
    public static final int MAX_MACHINE_NAME_BYTES = 255;
    public static final int MAX_GIDS = 16;
    /** Takes every such call whose credential is well-formed, and refuses others with AUTH_BADCRED. */
    public static final ServerAuth SERVER = new Server();

    private static final Verdict BAD = new Verdict.Denied(AuthStat.AUTH_BADCRED);
    private static final int INT_BYTES = Integer.BYTES;

    public AuthSys {
        if (machineName == null) {
            throw new NullPointerException("machineName");
        }
        if (gids.length > MAX_GIDS) {
            throw new IllegalArgumentException(gids.length + " groups; AUTH_SYS takes at most " + MAX_GIDS);
        }
    }

    /** With stamp 0, which nobody looks at. */
    public AuthSys(String machineName, int uid, int gid, int... gids) {
        this(0, machineName, uid, gid, gids);
    }

    @Override
    public int flavor() {
        return FLAVOR;
    }

    @Override
    public String describe() {
        return Integer.toUnsignedString(uid) + ':' + Integer.toUnsignedString(gid) + '@' + machineName;
    }

    /**
     * Makes calls as this user.
     *
     * @throws IllegalArgumentException if the machine's name is too long
     */
    public ClientAuth client() {
        return new Client(new AuthNone.PlainAttempt(new OpaqueAuth(FLAVOR, encode())));
    }

    private byte[] encode() {
        byte[] name = machineName.getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_MACHINE_NAME_BYTES) {
            throw new IllegalArgumentException("machine name of " + name.length + " bytes; AUTH_SYS takes at most "
                    + MAX_MACHINE_NAME_BYTES + ": " + machineName);
        }
        byte[] body = new byte[5 * INT_BYTES + padded(name.length) + gids.length * INT_BYTES];
        ByteBuf out = Unpooled.wrappedBuffer(body).clear();
        out.writeInt(stamp).writeInt(name.length).writeBytes(name).writeZero(padded(name.length) - name.length);
        out.writeInt(uid).writeInt(gid).writeInt(gids.length);
        for (int id : gids) {
            out.writeInt(id);
        }
        return body;
    }

    /** The credential within a body, or null if it is none. */
    private static AuthSys decode(ByteBuf in) {
        if (in.readableBytes() < 5 * INT_BYTES) {
            return null;
        }
        int stamp = in.readInt();
        int nameBytes = in.readInt();
        if (nameBytes < 0 || nameBytes > MAX_MACHINE_NAME_BYTES || in.readableBytes() < padded(nameBytes) + 3 * INT_BYTES) {
            return null;
        }
        String name = in.toString(in.readerIndex(), nameBytes, StandardCharsets.UTF_8);
        in.skipBytes(padded(nameBytes));
        int uid = in.readInt();
        int gid = in.readInt();
        int count = in.readInt();
        if (count < 0 || count > MAX_GIDS || in.readableBytes() != count * INT_BYTES) {
            return null;
        }
        int[] gids = new int[count];
        for (int i = 0; i < count; i++) {
            gids[i] = in.readInt();
        }
        return new AuthSys(stamp, name, uid, gid, gids);
    }

    private static int padded(int bytes) {
        return bytes + 3 & ~3;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AuthSys that && stamp == that.stamp && uid == that.uid && gid == that.gid
                && machineName.equals(that.machineName) && Arrays.equals(gids, that.gids);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * machineName.hashCode() + uid) + gid;
    }

    @Override
    public String toString() {
        return "AuthSys[" + describe() + ", groups=" + Arrays.toString(gids) + ']';
    }

    private static final class Server implements ServerAuth {
        @Override
        public int flavor() {
            return FLAVOR;
        }

        @Override
        public Verdict authenticate(AuthRequest request) {
            AuthSys credential = decode(request.credentialBody());
            return credential == null ? BAD : new Verdict.Accepted(credential, CallProtection.NONE);
        }
    }

    private record Client(Attempt attempt) implements ClientAuth {
        @Override
        public CompletionStage<Void> ready(RpcCaller caller, int program, int version) {
            return READY;
        }

        @Override
        public Attempt attempt(int program, int version, int procedure) {
            return attempt;
        }

        @Override
        public boolean mayMend() {
            return false;
        }
    }
}
