package io.evpl;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Enforces the floors of the design, and the rules of docs/style.md that a search of the sources can check. */
class FloorsTest {
    private static final int MAX_LINES = 600;
    /** Whose sources are looked at. */
    private static final List<String> MODULES = List.of(".", "../xdr-compiler", "../codec-rpc2");

    /** What stands in a package, or below it if {@code from} ends in a dot, must not match. */
    private record Floor(String from, String never, String why) {
        boolean holds(String packageName) {
            return from.endsWith(".") ? (packageName + ".").startsWith(from) : packageName.equals(from);
        }
    }

    private static final String BACKENDS = "io\\.evpl\\.(linux\\.)?(uring|epoll)\\b";
    private static final List<Floor> FLOORS = List.of(
            new Floor("io.evpl.loop", BACKENDS, "the loop never sees a backend"),
            new Floor("io.evpl.channel", BACKENDS, "what channels share knows no backend"),
            new Floor("io.evpl.name", "io\\.evpl\\.(?!loop\\b|name\\b)\\w+", "names know loops' clocks and Netty, and nothing else"),
            new Floor("io.evpl.uring", "io\\.evpl\\.epoll\\b", "uring never sees epoll"),
            new Floor("io.evpl.uring", "\\bepoll(Create1|Ctl|Wait|Pwait2)\\b", "uring never sees epoll"),
            // EFD_* are eventfd's, and io_uring's poll takes epoll's event bits (io_uring_enter(2), IORING_OP_POLL_ADD).
            new Floor("io.evpl.uring", "\\bEpoll\\.(?!(EFD|TFD)_|CLOCK_MONOTONIC\\b"
                    + "|EPOLL(IN|PRI|OUT|ERR|HUP|RDHUP|ET|EXCLUSIVE)\\b)\\w+", "uring takes only constants from Epoll"),
            new Floor("io.evpl.epoll", "io\\.evpl\\.(linux\\.)?uring\\b", "epoll never sees uring"),
            new Floor("io.evpl.epoll", "\\bioUring(Setup|Enter|Register)\\b", "epoll never sees uring"),
            new Floor("io.evpl.inproc", BACKENDS, "inproc knows no backend"),
            new Floor("io.evpl.inproc", "io\\.evpl\\.(?!inproc\\b)\\w+|io\\.netty\\.channel\\b",
                    "inproc knows no channel, no loop and no system call"),
            new Floor("io.evpl.foreign", "io\\.evpl\\.(?!(foreign|loop|linux)\\b)\\w+|io\\.evpl\\.linux\\.uring\\b",
                    "what is on other people's loops knows sources, not channels nor a backend"),
            new Floor("io.evpl.metrics", "io\\.evpl\\.(?!metrics\\b)\\w+|io\\.netty\\b",
                    "metrics know neither loops nor channels nor a backend"),
            new Floor("io.evpl.jfr", "io\\.evpl\\.(?!(metrics|jfr)\\b)\\w+", "events know metrics' protocols and Netty's channels"),
            new Floor("io.evpl.memory", "io\\.evpl\\.(?!memory\\b|linux\\.(Errno|NativeAddress|Reservation)\\b|loop\\.LoopClock\\b)\\w+"
                    + "|io\\.netty\\.channel\\b", "memory knows no channel, no backend and of a loop only its clock"),
            new Floor("io.evpl.xdr", "io\\.evpl\\.(?!xdr\\b)\\w+|io\\.netty\\.(?!(buffer|util)\\b)\\w+",
                    "XDR's run time knows buffers, and nothing else"),
            new Floor("io.evpl.rpc2.", "io\\.evpl\\.(?!(rpc2|xdr)\\b)\\w+", "RPC runs on any transport and knows none of ours"),
            new Floor("io.evpl.rpc2.datagram", "io\\.evpl\\b(?!\\.rpc2\\.datagram\\b)", "datagrams carry messages that they do not know"),
            new Floor("io.evpl.rpc2.pcap", "io\\.evpl\\b(?!\\.rpc2\\.pcap\\b)", "captures take what passes, whatever it is"),
            new Floor("io.evpl.rpc2.check", "io\\.(netty|evpl)\\b(?!\\.rpc2\\.check\\b)", "the kit shares nothing with what it checks"),
            new Floor("io.evpl.xdr.compiler.model", "io\\.evpl\\b(?!\\.xdr\\.compiler\\.model\\b)", "the model knows neither syntax nor Java"),
            new Floor("io.evpl.xdr.compiler.syntax", "io\\.evpl\\.xdr\\.compiler\\.(java|maven)\\b", "the reader knows no generator"),
            new Floor("io.evpl.xdr.compiler.java", "io\\.evpl\\.xdr\\.compiler\\.(syntax|maven)\\b", "the generator knows no reader"),
            new Floor("io.evpl.linux.", "io\\.netty\\b", "the fence has no Netty"),
            new Floor("io.evpl.linux.", "io\\.evpl\\.(?!linux\\b)\\w+", "the fence is the lowest floor"));

    private static final Pattern NOT_CODE = Pattern.compile("//[^\\n]*|/\\*[\\s\\S]*?\\*/|\"\"\"[\\s\\S]*?\"\"\""
            + "|\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\"|'(?:\\\\.[^'\\n]*|[^'\\\\\\n])'");
    private static final Pattern FOREIGN = Pattern.compile("\\b(Linker|SymbolLookup)\\b");
    private static final Pattern MICROMETER = Pattern.compile("\\bio\\.micrometer\\b");
    private static final Pattern OPENTELEMETRY = Pattern.compile("\\bio\\.opentelemetry\\b");
    private static final Pattern INCUBATOR = Pattern.compile("\\bio\\.netty\\.incubator\\b");
    private static final Pattern SLEEP = Pattern.compile("\\bThread(\\.|::)sleep\\b|\\bTimeUnit\\.\\w+\\.sleep\\b");
    private static final Pattern CLOCK = Pattern.compile("\\bSystem(\\.|::)nanoTime\\b");
    private static final Pattern VAGUE_NAME = Pattern.compile(
            "\\b(?:class|interface|enum|record)\\s+(\\w*(?:Utils?|Helper|Manager|Impl|Base|Common))\\b");

    /**
     * A file.
     *
     * @param code the text without comments and the contents of literals
     */
    private record Source(Path file, String packageName, String code, long lines) {
        static Source read(Path file) {
            try {
                String text = Files.readString(file);
                return of(file, text);
            } catch (IOException e) {
                throw new AssertionError(file.toString(), e);
            }
        }

        static Source of(Path file, String text) {
            String code = NOT_CODE.matcher(text).replaceAll(" ");
            Matcher matcher = Pattern.compile("^\\s*package\\s+([\\w.]+)\\s*;", Pattern.MULTILINE).matcher(code);
            return new Source(file, matcher.find() ? matcher.group(1) : "", code, text.lines().count());
        }

        Stream<String> findings(Pattern pattern) {
            return pattern.matcher(code).results().map(match -> file + ": " + match.group());
        }
    }

    private static List<Source> main;
    private static List<Source> tests;

    @BeforeAll
    static void read() throws IOException {
        main = sources("src/main/java");
        tests = sources("src/test/java");
        assertFalse(main.isEmpty() || tests.isEmpty(), "no sources: run from the module's folder");
    }

    @Test
    void noFloorSeesOneAboveItOrItsSibling() {
        assertEquals(List.of(), main.stream().flatMap(FloorsTest::floorFindings).toList());
    }

    @Test
    void onlyTheFenceLinksForeignFunctions() {
        assertNone(main, FOREIGN, source -> !(source.packageName + ".").startsWith("io.evpl.linux."));
    }

    /** It is optional: all else works without. */
    @Test
    void onlyItsBindersKnowMicrometer() {
        assertNone(main, MICROMETER, source -> !source.file.endsWith(Path.of("io/evpl/metrics/EvplMeterBinder.java"))
                && !source.packageName.equals("io.evpl.rpc2.metrics"));
    }

    /** So is it. */
    @Test
    void onlyTracesKnowOpenTelemetry() {
        assertNone(main, OPENTELEMETRY, source -> !source.packageName.equals("io.evpl.rpc2.trace"));
    }

    /** It is optional as well. */
    @Test
    void onlyOneClassKnowsTheIncubator() {
        assertNone(main, INCUBATOR, source -> !source.file.endsWith(Path.of("io/evpl/foreign/IncubatorLoop.java")));
    }

    @Test
    void nothingSleeps() {
        assertNone(main, SLEEP, source -> true);
        assertNone(tests, SLEEP, source -> true);
    }

    @Test
    void onlyLoopClockReadsTheTime() {
        assertNone(main, CLOCK, source -> source.file.startsWith("./") && !source.file.endsWith(Path.of("io/evpl/loop/LoopClock.java")));
    }

    @Test
    void namesSayWhatAClassIs() {
        assertNone(main, VAGUE_NAME, source -> true);
        assertNone(tests, VAGUE_NAME, source -> true);
    }

    @Test
    void noFileIsTooLong() {
        assertEquals(List.of(), all().filter(source -> source.lines > MAX_LINES)
                .map(source -> source.file + ": " + source.lines + " lines").toList());
    }

    @Test
    void everyPackageSaysWhatItIsFor() {
        Set<String> described = all().filter(source -> source.file.endsWith("package-info.java"))
                .map(Source::packageName).collect(Collectors.toSet());
        Set<String> packages = all().map(Source::packageName).collect(Collectors.toCollection(TreeSet::new));
        packages.removeAll(described);
        assertEquals(Set.of(), packages, "packages without a package-info.java");
    }

    @Test
    void eachRuleFindsWhatItForbidsAndLeavesTheRest() {
        assertFloor("io.evpl.loop", "import io.evpl.linux.uring.Ring;", true);
        assertFloor("io.evpl.loop", "import io.evpl.linux.Errno;", false);
        assertFloor("io.evpl.channel", "import static io.evpl.epoll.EpollSource.X;", true);
        assertFloor("io.evpl.uring", "import io.evpl.linux.epoll.Epoll; int a = Epoll.EFD_CLOEXEC | Epoll.EPOLLIN;", false);
        assertFloor("io.evpl.uring", "int a = Epoll.EPOLL_CTL_ADD;", true);
        assertFloor("io.evpl.uring", "Syscalls.epollWait(1, 2, 3, 4);", true);
        assertFloor("io.evpl.epoll", "io.evpl.linux.uring.Sqe.nop(0, 0);", true);
        assertFloor("io.evpl.epoll", "import io.evpl.linux.epoll.Epoll;", false);
        assertFloor("io.evpl.inproc", "import io.evpl.linux.Syscalls;", true);
        assertFloor("io.evpl.inproc", "import io.evpl.epoll.EpollSource;", true);
        assertFloor("io.evpl.inproc", "import io.netty.channel.Channel;", true);
        assertFloor("io.evpl.inproc", "import io.netty.buffer.ByteBuf; import io.evpl.inproc.Pipe;", false);
        assertFloor("io.evpl.foreign", "import io.evpl.EvplEventLoop;", true);
        assertFloor("io.evpl.foreign", "import io.evpl.uring.UringSource;", true);
        assertFloor("io.evpl.foreign", "import io.evpl.linux.epoll.Epoll; import io.evpl.loop.IoSource;", false);
        assertFloor("io.evpl.metrics", "import io.evpl.EvplEventLoop;", true);
        assertFloor("io.evpl.metrics", "import io.micrometer.core.instrument.Gauge;", false);
        assertFloor("io.evpl.jfr", "import io.evpl.CloseReason;", true);
        assertFloor("io.evpl.jfr", "import io.evpl.metrics.Protocol; import io.netty.channel.Channel;", false);
        assertFloor("io.evpl.memory", "import io.evpl.uring.BufferRing;", true);
        assertFloor("io.evpl.memory", "import io.netty.channel.Channel;", true);
        assertFloor("io.evpl.memory", "import io.evpl.linux.Reservation; import io.evpl.loop.LoopClock;", false);
        assertFloor("io.evpl.xdr", "import io.netty.channel.Channel;", true);
        assertFloor("io.evpl.xdr", "import io.netty.buffer.ByteBuf; import io.evpl.xdr.Quadruple;", false);
        assertFloor("io.evpl.rpc2", "import io.evpl.EvplEventLoopGroup;", true);
        assertFloor("io.evpl.rpc2.gss", "import io.evpl.linux.Errno;", true);
        assertFloor("io.evpl.rpc2.gss", "import io.evpl.rpc2.auth.Verdict; import io.evpl.xdr.XdrCodec;", false);
        assertFloor("io.evpl.rpc2.datagram", "import io.evpl.rpc2.RpcConnection;", true);
        assertFloor("io.evpl.rpc2.datagram", "import io.evpl.rpc2.datagram.PeerChannel;", false);
        assertFloor("io.evpl.rpc2.pcap", "import io.evpl.rpc2.RpcConnection;", true);
        assertFloor("io.evpl.rpc2.check", "import io.netty.buffer.ByteBuf;", true);
        assertFloor("io.evpl.rpc2.check", "import io.evpl.rpc2.check.Behaviour;", false);
        assertFloor("io.evpl.xdr.compiler.model", "import io.evpl.xdr.compiler.syntax.Lexer;", true);
        assertFloor("io.evpl.xdr.compiler.syntax", "import io.evpl.xdr.compiler.java.JavaGenerator;", true);
        assertFloor("io.evpl.xdr.compiler.java", "import io.evpl.xdr.compiler.syntax.Lexer;", true);
        assertFloor("io.evpl.xdr.compiler.java", "import io.evpl.xdr.compiler.model.Type;", false);
        assertFloor("io.evpl.linux.socket", "import io.netty.buffer.ByteBuf;", true);
        assertFloor("io.evpl.linux", "import io.evpl.loop.LoopClock;", true);
        assertFloor("io.evpl.linux", "import io.evpl.linux.socket.Iovec; // not io.netty, says \"io.evpl.loop\"", false);
        assertFinds(SLEEP, "Thread.sleep(1);", true);
        assertFinds(SLEEP, "TimeUnit.SECONDS.sleep(1);", true);
        assertFinds(SLEEP, "String s = \"\\\"Thread.sleep\"; char c = '\"'; /* Thread.sleep */", false);
        assertFinds(OPENTELEMETRY, "import io.opentelemetry.api.trace.Span;", true);
        assertFinds(CLOCK, "LongSupplier clock = System::nanoTime;", true);
        assertFinds(VAGUE_NAME, "final class SocketUtils {}", true);
        assertFinds(VAGUE_NAME, "record ByteBufHelper() {}", true);
        assertFinds(VAGUE_NAME, "class Database {} class Baseline {}", false);
    }

    private static Stream<String> floorFindings(Source source) {
        return FLOORS.stream().filter(floor -> floor.holds(source.packageName))
                .flatMap(floor -> source.findings(Pattern.compile(floor.never)).map(found -> found + ": " + floor.why));
    }

    private static void assertFloor(String packageName, String code, boolean forbidden) {
        Source source = Source.of(Path.of("X.java"), "package " + packageName + ";\n" + code);
        assertEquals(packageName, source.packageName);
        assertEquals(forbidden, floorFindings(source).findAny().isPresent(), code);
    }

    private static void assertFinds(Pattern pattern, String code, boolean forbidden) {
        assertEquals(forbidden, Source.of(Path.of("X.java"), code).findings(pattern).findAny().isPresent(), code);
    }

    private static void assertNone(List<Source> sources, Pattern pattern, Predicate<Source> where) {
        assertEquals(List.of(), sources.stream().filter(where).flatMap(source -> source.findings(pattern)).toList());
    }

    private static Stream<Source> all() {
        return Stream.concat(main.stream(), tests.stream());
    }

    private static List<Source> sources(String folder) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (String module : MODULES) {
            Path root = Path.of(module, folder);
            assertTrue(Files.isDirectory(root), root.toAbsolutePath() + ": run from the module's folder");
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java")).sorted().map(Source::read).forEach(sources::add);
            }
        }
        return sources;
    }
}
