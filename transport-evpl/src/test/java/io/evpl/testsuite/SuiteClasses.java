package io.evpl.testsuite;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** What is on the class path: Netty's test classes, and ours that join them. */
final class SuiteClasses {
    private static final List<String> NETTY_PACKAGES = List.of("io.netty.testsuite.transport", "io.netty.channel.unix.tests");

    private SuiteClasses() {
    }

    /** Every class of Netty's suite with a test in it, its own or inherited, abstract ones included. */
    static List<Class<?>> netty() {
        return NETTY_PACKAGES.stream().flatMap(SuiteClasses::testClasses).toList();
    }

    /** Our concrete subclasses of them. */
    static List<Class<?>> ours() {
        return testClasses(SuiteClasses.class.getPackageName())
                .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                .filter(type -> isNetty(type.getSuperclass()))
                .toList();
    }

    /** Names and parameters of the methods that JUnit would run in {@code type}. */
    static Set<String> tests(Class<?> type) {
        return AnnotationSupport.findAnnotatedMethods(type, Testable.class, HierarchyTraversalMode.TOP_DOWN).stream()
                .map(SuiteClasses::signature)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<Class<?>> testClasses(String packageName) {
        return ReflectionSupport.findAllClassesInPackage(packageName, type -> !tests(type).isEmpty(), name -> true).stream();
    }

    private static boolean isNetty(Class<?> type) {
        return NETTY_PACKAGES.stream().anyMatch(type.getPackageName()::startsWith);
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(",", "(", ")"));
    }
}
