package io.evpl.testsuite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.support.AnnotationSupport;

/** Netty's suite is run whole, or what is left out stands here with its reason. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuiteCompletenessTest {
    private static final String NOT_OURS = "another transport";

    private static final Map<String, String> LEFT_OUT = new TreeMap<>(Map.ofEntries(
            Map.entry("SctpEchoTest", NOT_OURS),
            Map.entry("UDTClientServerConnectionTest", NOT_OURS),
            Map.entry("NioEventLoopTest", "Netty's own loop; ours has what it inherits"),
            Map.entry("DefaultEventLoopTest", "Netty's own loop; its one extra test says it cannot iterate channels, ours can"),
            Map.entry("SocketTest", "tests unix-common's native Socket, which we do not use"),
            Map.entry("IovArrayTest", "tests unix-common's native IovArray, which we do not use")));

    /** A class finder that finds nothing would make the tests below pass; 4.1.137 has 51 such classes. */
    private static final int MIN_NETTY_CLASSES = 45;

    @Test
    void everyTestClassOfNettysIsJoinedOrLeftOutWithAReason() {
        List<Class<?>> netty = SuiteClasses.netty();
        assertTrue(netty.size() >= MIN_NETTY_CLASSES, () -> "found only " + netty);

        Set<String> unjoined = netty.stream()
                .filter(suite -> SuiteClasses.ours().stream().noneMatch(suite::isAssignableFrom))
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), minus(unjoined, LEFT_OUT.keySet()), "no subclass in " + getClass().getPackageName());
        assertEquals(Set.of(), minus(LEFT_OUT.keySet(), unjoined), "listed as left out, but joined or gone from Netty");
    }

    @ParameterizedTest
    @MethodSource("ours")
    void noTestIsLostByOverriding(Class<?> type) {
        assertEquals(Set.of(), minus(SuiteClasses.tests(type.getSuperclass()), SuiteClasses.tests(type)));
    }

    @ParameterizedTest
    @MethodSource("ours")
    void nothingIsDisabledAndNoAllocatorIsDropped(Class<?> type) {
        assertTrue(AnnotationSupport.findAnnotation(type, Disabled.class).isEmpty(), type::getName);
        Arrays.stream(type.getDeclaredMethods()).forEach(method -> {
            assertTrue(AnnotationSupport.findAnnotation(method, Disabled.class).isEmpty(), method::toString);
            assertTrue(!method.getName().equals("newAllocators"), method::toString);
        });
    }

    List<Class<?>> ours() {
        return SuiteClasses.ours();
    }

    private static Set<String> minus(Set<String> all, Set<String> without) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(without);
        return rest;
    }
}
