package io.evpl.rpc2;

import io.evpl.rpc2.auth.AuthSys;
import io.evpl.rpc2.rfc.mount3.MountV3;
import io.evpl.rpc2.rfc.mount3.Mountres3;
import io.evpl.rpc2.rfc.nfs3.CREATE3args;
import io.evpl.rpc2.rfc.nfs3.CREATE3res;
import io.evpl.rpc2.rfc.nfs3.Createhow3;
import io.evpl.rpc2.rfc.nfs3.Createmode3;
import io.evpl.rpc2.rfc.nfs3.Diropargs3;
import io.evpl.rpc2.rfc.nfs3.GETATTR3args;
import io.evpl.rpc2.rfc.nfs3.GETATTR3res;
import io.evpl.rpc2.rfc.nfs3.NfsV3;
import io.evpl.rpc2.rfc.nfs3.Nfs_fh3;
import io.evpl.rpc2.rfc.nfs3.Post_op_fh3;
import io.evpl.rpc2.rfc.nfs3.READ3args;
import io.evpl.rpc2.rfc.nfs3.READ3res;
import io.evpl.rpc2.rfc.nfs3.READ3resok;
import io.evpl.rpc2.rfc.nfs3.READDIR3args;
import io.evpl.rpc2.rfc.nfs3.READDIR3res;
import io.evpl.rpc2.rfc.nfs3.REMOVE3args;
import io.evpl.rpc2.rfc.nfs3.REMOVE3res;
import io.evpl.rpc2.rfc.nfs3.Sattr3;
import io.evpl.rpc2.rfc.nfs3.Set_atime;
import io.evpl.rpc2.rfc.nfs3.Set_gid3;
import io.evpl.rpc2.rfc.nfs3.Set_mode3;
import io.evpl.rpc2.rfc.nfs3.Set_mtime;
import io.evpl.rpc2.rfc.nfs3.Set_size3;
import io.evpl.rpc2.rfc.nfs3.Set_uid3;
import io.evpl.rpc2.rfc.nfs3.Stable_how;
import io.evpl.rpc2.rfc.nfs3.Time_how;
import io.evpl.rpc2.rfc.nfs3.WRITE3args;
import io.evpl.rpc2.rfc.nfs3.WRITE3res;
import io.evpl.rpc2.rfc.portmap.Mapping;
import io.evpl.rpc2.rfc.portmap.PmapV2;
import io.evpl.xdr.XdrCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Calls rpcbind and nfs-ganesha, which testing/rpc/real-servers has started, with code that is generated from the RFCs' definitions. A line
 * for each thing that was right; an exception for one that was not. Run by {@link RealServersTest}.
 */
public final class RealServersMain {
    private static final int RPCBIND = 100_000;
    private static final int TCP = 6;
    private static final int FILE_BYTES = 300_000;
    private static final int CHUNK_BYTES = 100_000;

    private final EventLoopGroup group = new NioEventLoopGroup(1);

    private RealServersMain() {
    }

    public static void main(String[] args) throws Exception {
        RealServersMain main = new RealServersMain();
        try {
            main.rpcbind(NioSocketChannel.class, "tcp");
            main.rpcbind(NioDatagramChannel.class, "udp");
            main.nfs();
        } finally {
            main.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static void right(String what) {
        System.out.println("right: " + what);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void require(boolean condition, Object seen) {
        if (!condition) {
            throw new AssertionError(seen);
        }
    }

    private RpcConnection connect(Class<? extends Channel> type, int port) {
        RpcConfig config = RpcConfig.builder().clientAuth(new AuthSys(0, "localhost", 0, 0, new int[0]).client()).build();
        return RpcConnection.connect(new Bootstrap().group(group).channel(type), config, new InetSocketAddress("127.0.0.1", port));
    }

    private void rpcbind(Class<? extends Channel> type, String netid) throws Exception {
        RpcConnection connection = connect(type, 111);
        for (int version = 2; version <= 4; version++) {
            get(connection.call(new RpcProcedure<>(RPCBIND, version, 0, "NULL", XdrCodec.VOID, XdrCodec.VOID), null));
        }
        right("rpcbind answers versions 2 to 4 over " + netid);
        PmapV2.Client portmap = new PmapV2.Client(connection);
        int port = get(portmap.pmapprocGetport(new Mapping(RPCBIND, 2, TCP, 0)));
        require(port == 111, port);
        right("rpcbind is registered at port 111, says GETPORT over " + netid);
        require(get(portmap.pmapprocDump()).size() >= 2, "DUMP");
        right("DUMP lists what is registered over " + netid);
        RpcException refused = null;
        try {
            get(connection.call(new RpcProcedure<>(RPCBIND, 9, 0, "NULL", XdrCodec.VOID, XdrCodec.VOID), null));
        } catch (ExecutionException e) {
            refused = (RpcException) e.getCause();
        }
        require(refused instanceof ProgramMismatchException mismatch && mismatch.low() == 2 && mismatch.high() == 4, refused);
        right("version 9 is a mismatch with the range 2 to 4 over " + netid);
        get(connection.close().toCompletableFuture());
    }

    // ---- NFS version 3 ------------------------------------------------------------------------------------------------

    private void nfs() throws Exception {
        RpcConnection mountConnection = connect(NioSocketChannel.class, 20491);
        MountV3.Client mount = new MountV3.Client(mountConnection);
        boolean exported = get(mount.mountproc3Export()).stream()
                .anyMatch(export -> new String(export.ex_dir(), StandardCharsets.UTF_8).equals("/mem"));
        require(exported, "EXPORT");
        right("ganesha exports /mem");
        Mountres3 mounted = get(mount.mountproc3Mnt("/mem".getBytes(StandardCharsets.UTF_8)));
        Nfs_fh3 root = new Nfs_fh3(((Mountres3.Mountinfo) mounted).mountinfo().fhandle());
        right("MNT gives a file handle");
        get(mountConnection.close().toCompletableFuture());

        RpcConnection connection = connect(NioSocketChannel.class, 20490);
        NfsV3.Client nfs = new NfsV3.Client(connection);
        get(nfs.nfsproc3Null());
        Diropargs3 place = new Diropargs3(root, "evpl.bin".getBytes(StandardCharsets.UTF_8));
        Nfs_fh3 file = create(nfs, place);
        write(nfs, file);
        read(nfs, file);
        GETATTR3res attributes = get(nfs.nfsproc3Getattr(new GETATTR3args(file)));
        long size = ((GETATTR3res.Resok) attributes).resok().obj_attributes().size();
        require(size == FILE_BYTES, size);
        right("GETATTR tells the file's size");
        require(names(nfs, root).contains("evpl.bin"), names(nfs, root));
        right("READDIR lists the file");
        REMOVE3res removed = get(nfs.nfsproc3Remove(new REMOVE3args(place)));
        require(removed instanceof REMOVE3res.Resok, removed);
        require(!names(nfs, root).contains("evpl.bin"), "REMOVE");
        right("REMOVE removes it");
        get(connection.close().toCompletableFuture());
    }

    private static Nfs_fh3 create(NfsV3.Client nfs, Diropargs3 place) throws Exception {
        Sattr3 attributes = new Sattr3(new Set_mode3.Mode(0644), new Set_uid3.Default(false), new Set_gid3.Default(false),
                new Set_size3.Default(false), new Set_atime.Default(Time_how.DONT_CHANGE), new Set_mtime.Default(Time_how.DONT_CHANGE));
        CREATE3res created = get(nfs.nfsproc3Create(new CREATE3args(place, new Createhow3.Obj_attributes(Createmode3.UNCHECKED, attributes))));
        Nfs_fh3 file = ((Post_op_fh3.Handle) ((CREATE3res.Resok) created).resok().obj()).handle();
        right("CREATE makes a file");
        return file;
    }

    private static void write(NfsV3.Client nfs, Nfs_fh3 file) throws Exception {
        ByteBuf content = Unpooled.wrappedBuffer(Wire.pattern(FILE_BYTES));
        for (int at = 0; at < FILE_BYTES; at += CHUNK_BYTES) {
            WRITE3res written = get(nfs.nfsproc3Write(
                    new WRITE3args(file, at, CHUNK_BYTES, Stable_how.FILE_SYNC, content.retainedSlice(at, CHUNK_BYTES))));
            int count = ((WRITE3res.Resok) written).resok().count();
            require(count == CHUNK_BYTES, count);
        }
        content.release();
        right("WRITE takes its bytes without a copy");
    }

    private static void read(NfsV3.Client nfs, Nfs_fh3 file) throws Exception {
        ByteBuf all = Unpooled.buffer(FILE_BYTES);
        boolean eof = false;
        while (!eof) {
            READ3res read = get(nfs.nfsproc3Read(new READ3args(file, all.writerIndex(), CHUNK_BYTES)));
            READ3resok part = ((READ3res.Resok) read).resok();
            require(part.count() == part.data().readableBytes() && part.count() > 0, part);
            all.writeBytes(part.data());
            READ3res.CODEC.release(read);
            eof = part.eof();
        }
        require(all.equals(Unpooled.wrappedBuffer(Wire.pattern(FILE_BYTES))), "other bytes");
        right("READ gives them back");
    }

    private static List<String> names(NfsV3.Client nfs, Nfs_fh3 folder) throws Exception {
        READDIR3res listed = get(nfs.nfsproc3Readdir(new READDIR3args(folder, 0, new byte[8], 8192)));
        return ((READDIR3res.Resok) listed).resok().reply().entries().stream()
                .map(entry -> new String(entry.name(), StandardCharsets.UTF_8)).toList();
    }
}
