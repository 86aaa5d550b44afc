package io.evpl.linux;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ErrnoTest {
    @Test
    void failuresBecomeTheExceptionsOfTheJdksSockets() {
        assertException(BindException.class, "bind", Errno.EADDRINUSE);
        assertException(BindException.class, "bind", Errno.EADDRNOTAVAIL);
        assertException(BindException.class, "bind", Errno.EACCES);
        assertException(ConnectException.class, "connect", Errno.ECONNREFUSED);
        assertException(ConnectException.class, "connect", Errno.ETIMEDOUT);
        assertException(NoRouteToHostException.class, "connect", Errno.ENETUNREACH);
        assertException(NoRouteToHostException.class, "connect", Errno.EHOSTUNREACH);
        assertException(PortUnreachableException.class, "recvmsg", Errno.ECONNREFUSED);
    }

    @Test
    void otherFailuresKeepTheirNumber() {
        LinuxException e = assertInstanceOf(LinuxException.class, Errno.toException("recv", -Errno.ECONNRESET));
        assertEquals(Errno.ECONNRESET, e.errno());
        assertEquals("recv(..) failed: ECONNRESET, connection reset by peer", e.getMessage());
    }

    @Test
    void theMessageNamesWhatTheCallWasAbout() {
        InetSocketAddress address = InetSocketAddress.createUnresolved("example", 80);
        String message = Errno.toException("connect", -Errno.ECONNREFUSED, address).getMessage();
        assertEquals("connect(..) failed: ECONNREFUSED, connection refused: " + address, message);
    }

    @Test
    void anErrorThatHasNoTextIsShownAsANumber() {
        assertEquals("errno 9999", Errno.text(9999));
    }

    @Test
    void everyNumberHasATextThatBeginsWithItsSymbol() throws IllegalAccessException {
        List<Field> numbers = Arrays.stream(Errno.class.getFields())
                .filter(f -> Modifier.isStatic(f.getModifiers()) && f.getType() == int.class).toList();
        assertFalse(numbers.isEmpty());
        for (Field field : numbers) {
            String text = Errno.text(field.getInt(null));
            assertTrue(text.startsWith(field.getName() + ", "), field.getName() + ": " + text);
        }
    }

    @Test
    void onlyWhatAProgramErrorCausesIsABug() {
        assertTrue(Errno.isBug(-Errno.EBADF));
        assertTrue(Errno.isBug(-Errno.EFAULT));
        assertTrue(Errno.isBug(-Errno.ENOTSOCK));
        assertFalse(Errno.isBug(-Errno.EAGAIN));
        assertFalse(Errno.isBug(0));
        assertFalse(Errno.isBug(Errno.EBADF), "a result of 9 bytes is no error");
    }

    @Test
    void aResultThatIsNoErrorIsRefused() {
        assertThrows(AssertionError.class, () -> Errno.toException("recv", 0));
    }

    private static void assertException(Class<? extends IOException> type, String call, int errno) {
        IOException e = Errno.toException(call, -errno);
        assertEquals(type, e.getClass());
        assertEquals(call + "(..) failed: " + Errno.text(errno), e.getMessage());
    }
}
