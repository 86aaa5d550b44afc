package io.evpl.channel;

import io.evpl.linux.Errno;
import io.evpl.linux.FileCalls;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.OpenFds;
import io.evpl.linux.OtherUser;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;

import static io.evpl.linux.socket.SocketOptions.SOCK_DGRAM;
import static io.evpl.linux.socket.SocketOptions.SOCK_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a bind may take over, and all that it must leave alone. */
class SocketFileTest {
    @TempDir
    Path directory;
    private Path path;
    private final List<Integer> sockets = new ArrayList<>();
    private long fds;

    @BeforeEach
    void count() throws IOException {
        path = directory.resolve("server");
        fds = OpenFds.count();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        sockets.forEach(Syscalls::close);
        assertEquals(fds, OpenFds.count(), () -> OpenFds.list().toString());
    }

    private int socket(int type) {
        int fd = Syscalls.socket(SockAddr.AF_UNIX, type | SocketOptions.SOCK_NONBLOCK | SocketOptions.SOCK_CLOEXEC, 0);
        assertTrue(fd >= 0, () -> Errno.text(-fd));
        sockets.add(fd);
        return fd;
    }

    private SocketFile bind(int type, int fd) throws IOException {
        return SocketFile.bind(fd, type, new DomainSocketAddress(path.toFile()),
                () -> type == SOCK_STREAM ? Syscalls.listen(fd, 5) : 0);
    }

    private SocketFile bind(int type) throws IOException {
        return bind(type, socket(type));
    }

    /** bind(2) and nothing else. */
    private int bindRaw(int type) {
        int fd = socket(type);
        try (Arena arena = Arena.ofConfined()) {
            long name = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            int result = Syscalls.bind(fd, name, AddressFamily.UNIX.write(new DomainSocketAddress(path.toFile()), name));
            assertEquals(0, result, () -> Errno.text(-result));
        }
        return fd;
    }

    private int connect(int type) {
        int fd = socket(type);
        try (Arena arena = Arena.ofConfined()) {
            long name = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            return Syscalls.connect(fd, name, AddressFamily.UNIX.write(new DomainSocketAddress(path.toFile()), name));
        }
    }

    private void close(int fd) {
        Syscalls.close(fd);
        sockets.remove((Integer) fd);
    }

    private void leaveStale(int type) {
        close(bindRaw(type));
    }

    private long inode() throws IOException {
        return (long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    private void assertRefused(int type, String... words) throws IOException {
        long before = inode();
        BindException refused = assertThrows(BindException.class, () -> bind(type));
        for (String word : words) {
            assertTrue(refused.getMessage().contains(word), () -> "no " + word + " in: " + refused.getMessage());
        }
        assertTrue(refused.getMessage().contains(path.toString()), refused::getMessage);
        assertEquals(before, inode(), "what was in the way is gone");
    }

    // ---- stale sockets

    @ParameterizedTest
    @ValueSource(ints = {SOCK_STREAM, SOCK_DGRAM})
    void aSocketThatADeadServerLeftIsTakenOver(int type) throws IOException {
        leaveStale(type);
        SocketFile file = bind(type);
        assertEquals(0, connect(type));
        file.remove();
        assertFalse(Files.exists(path, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void itsTypeDoesNotMatter() throws IOException {
        leaveStale(SOCK_DGRAM);
        bind(SOCK_STREAM).remove();
        leaveStale(SOCK_STREAM);
        bind(SOCK_DGRAM).remove();
    }

    @RepeatedTest(20)
    void ofServersThatStartTogetherOneHasThePathAndKeepsIt() throws Exception {
        leaveStale(SOCK_STREAM);
        int servers = 4;
        CyclicBarrier start = new CyclicBarrier(servers);
        List<FutureTask<Boolean>> binds = new ArrayList<>();
        for (int i = 0; i < servers; i++) {
            int fd = socket(SOCK_STREAM);
            FutureTask<Boolean> bind = new FutureTask<>(() -> {
                start.await();
                try {
                    bind(SOCK_STREAM, fd);
                    return true;
                } catch (BindException e) {
                    return false;
                }
            });
            binds.add(bind);
            Thread.ofPlatform().start(bind);
        }
        int winners = 0;
        for (FutureTask<Boolean> bind : binds) {
            winners += bind.get() ? 1 : 0;
        }
        assertEquals(1, winners);
        assertEquals(0, connect(SOCK_STREAM), "the winner's path was taken from it");
    }

    // ---- what is alive

    @ParameterizedTest
    @ValueSource(ints = {SOCK_STREAM, SOCK_DGRAM})
    void aServerThatIsThereKeepsItsPath(int type) throws IOException {
        bind(type);
        assertRefused(type, "EADDRINUSE", "a process is using");
        assertEquals(0, connect(type));
    }

    @Test
    void aServerWhoseBacklogIsFullIsThere() throws IOException {
        int fd = bindRaw(SOCK_STREAM);
        assertEquals(0, Syscalls.listen(fd, 0));
        assertEquals(0, connect(SOCK_STREAM));
        assertEquals(-Errno.EAGAIN, connect(SOCK_STREAM));
        assertRefused(SOCK_STREAM, "a process is using", "EAGAIN");
    }

    @Test
    void aServerOfAnotherTypeIsThere() throws IOException {
        bind(SOCK_DGRAM);
        assertRefused(SOCK_STREAM, "a process is using");
    }

    @Test
    void aServerBetweenBindAndListenIsThere() throws IOException {
        int bound = bindRaw(SOCK_STREAM);
        int folder = openDirectory();
        assertEquals(0, FileCalls.flock(folder, FileCalls.LOCK_SH)); // as bind holds it until it listens
        assertRefused(SOCK_STREAM, "lock");
        assertEquals(0, Syscalls.listen(bound, 1));
        close(folder);
        assertRefused(SOCK_STREAM, "a process is using");
    }

    private int openDirectory() {
        try (Arena arena = Arena.ofConfined()) {
            int fd = FileCalls.open(arena.allocateFrom(directory.toString()).address(), FileCalls.O_CLOEXEC);
            sockets.add(fd);
            return fd;
        }
    }

    // ---- what is no socket

    @Test
    void aRegularFileStays() throws IOException {
        Files.writeString(path, "precious");
        assertRefused(SOCK_STREAM, "regular file", "never removed");
        assertEquals("precious", Files.readString(path));
    }

    @Test
    void aDirectoryStays() throws IOException {
        Files.createDirectory(path);
        assertRefused(SOCK_DGRAM, "directory", "never removed");
    }

    @Test
    void aSymbolicLinkStaysAndSoDoesWhatItPointsTo() throws IOException {
        leaveStale(SOCK_STREAM);
        Path target = Files.move(path, directory.resolve("target"));
        Files.createSymbolicLink(path, target);
        assertRefused(SOCK_STREAM, "symbolic link", "never removed");
        assertTrue(Files.exists(target));
        Files.delete(target);
        assertRefused(SOCK_STREAM, "symbolic link");
    }

    // ---- users

    private static void assumeRoot() {
        assumeTrue(FileCalls.geteuid() == 0, "only root can be another user");
    }

    @Test
    void anotherUsersStaleSocketStaysEvenForRoot() throws IOException {
        assumeRoot();
        leaveStale(SOCK_STREAM);
        Files.setAttribute(path, "unix:uid", OtherUser.NOBODY);
        assertRefused(SOCK_STREAM, "of user " + OtherUser.NOBODY, "of user 0");
    }

    @Test
    void rootsStaleSocketStaysForOthersWhoCouldRemoveIt() throws Exception {
        assumeRoot();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        leaveStale(SOCK_STREAM);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        OtherUser.does(() -> {
            assertRefused(SOCK_STREAM, "of user 0", "of user " + OtherUser.NOBODY);
            return null;
        });
    }

    @Test
    void othersTakeTheirOwnOver() throws Exception {
        assumeRoot();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        leaveStale(SOCK_STREAM);
        Files.setAttribute(path, "unix:uid", OtherUser.NOBODY);
        OtherUser.does(() -> {
            bind(SOCK_STREAM).remove();
            return null;
        });
        assertFalse(Files.exists(path));
    }

    @Test
    void aDirectoryThatMayNotBeWrittenToIsNamedWithTheRemedy() throws Exception {
        assumeRoot();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        BindException refused = OtherUser.does(() -> assertThrows(BindException.class, () -> bind(SOCK_STREAM)));
        assertEquals("bind(..) failed: EACCES, permission denied: " + path + ": user " + OtherUser.NOBODY
                + " must be allowed to write to its directory", refused.getMessage());
        leaveStale(SOCK_STREAM);
        Files.setAttribute(path, "unix:uid", OtherUser.NOBODY);
        OtherUser.does(() -> {
            assertRefused(SOCK_STREAM, "stale", "cannot be removed", "EACCES");
            return null;
        });
    }

    @Test
    void aDirectoryThatCannotBeReadStillTakesASocketButNothingIsTakenOverThere() throws Exception {
        assumeRoot();
        Files.setAttribute(directory, "unix:uid", OtherUser.NOBODY);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("-wx------"));
        OtherUser.does(() -> {
            bind(SOCK_STREAM).remove();
            leaveStale(SOCK_STREAM);
            assertRefused(SOCK_STREAM, "cannot be read and locked");
            return null;
        });
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        path = directory.resolve("nowhere/server");
        BindException refused = assertThrows(BindException.class, () -> bind(SOCK_STREAM));
        assertEquals("bind(..) failed: ENOENT, no such file or directory: " + path + ": its directory must exist",
                refused.getMessage());
    }

    // ---- removal

    @Test
    void onlyWhatWasBoundIsRemoved() throws IOException {
        SocketFile mine = bind(SOCK_STREAM);
        Files.delete(path);
        SocketFile theirs = bind(SOCK_STREAM);
        long inode = inode();
        mine.remove();
        assertEquals(inode, inode());
        theirs.remove();
        assertFalse(Files.exists(path));
        Files.createFile(path);
        theirs.remove();
        assertTrue(Files.exists(path), "the second time it is another's");
    }

    @Test
    void anotherModeMakesItNoOtherFile() throws IOException {
        SocketFile file = bind(SOCK_STREAM);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
        file.remove();
        assertFalse(Files.exists(path));
    }

    @Test
    void whatCannotListenLeavesNoFile() {
        int fd = socket(SOCK_DGRAM);
        IOException failed = assertThrows(IOException.class, () -> SocketFile.bind(fd, SOCK_DGRAM,
                new DomainSocketAddress(path.toFile()), () -> Syscalls.listen(fd, 1)));
        assertTrue(failed.getMessage().contains("listen(..)"), failed::getMessage);
        assertFalse(Files.exists(path));
    }

    @Test
    void aMovedSocketIsLeftWhereItIs() throws IOException {
        SocketFile file = bind(SOCK_STREAM);
        Path elsewhere = Files.move(path, directory.resolve("elsewhere"));
        file.remove();
        assertTrue(Files.exists(elsewhere, LinkOption.NOFOLLOW_LINKS));
        assertNotEquals(path, elsewhere);
    }
}
