package io.evpl;

import io.netty.channel.local.LocalAddress;

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A name within the process. {@code inproc:name} is what is listened on; {@code inproc:name#serial} is the end that
 * connected there. Netty's {@link LocalAddress} is taken wherever this is, for the same name.
 */
public final class InprocAddress extends SocketAddress {
    /** As long as the path of a unix socket may be, so that one name can serve for both: unix(7). */
    public static final int MAX_NAME_BYTES = 107;
    /** Binds to a name that nobody else has; {@code localAddress()} then tells it. */
    public static final InprocAddress ANY = new InprocAddress("*", 0);

    private static final long serialVersionUID = 1L;
    private static final String PREFIX = "inproc:";

    private final String name;
    private final long serial;

    /** @throws IllegalArgumentException the name is empty, or has more than {@link #MAX_NAME_BYTES} bytes of UTF-8 */
    public InprocAddress(String name) {
        this(checked(name), 0);
    }

    private InprocAddress(String name, long serial) {
        this.name = name;
        this.serial = serial;
    }

    private static String checked(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("an inproc name has 1 to " + MAX_NAME_BYTES + " bytes, not " + bytes + ": \""
                    + name + '"');
        }
        return name;
    }

    /**
     * The same name as {@code address}.
     *
     * @throws IllegalArgumentException it is neither an {@link InprocAddress} nor a {@link LocalAddress}
     */
    public static InprocAddress of(SocketAddress address) {
        if (address instanceof InprocAddress inproc) {
            return inproc;
        }
        if (address instanceof LocalAddress local) {
            return local == LocalAddress.ANY ? ANY : new InprocAddress(local.id());
        }
        throw new IllegalArgumentException("an inproc channel needs an InprocAddress or a LocalAddress, not " + address);
    }

    /** The end that connected here. */
    InprocAddress withSerial(long connectionSerial) {
        return new InprocAddress(name, connectionSerial);
    }

    public String name() {
        return name;
    }

    /** Tells connections to the same name apart; 0 for the name itself. */
    public long serial() {
        return serial;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InprocAddress that && name.equals(that.name) && serial == that.serial;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, serial);
    }

    @Override
    public String toString() {
        return serial == 0 ? PREFIX + name : PREFIX + name + '#' + serial;
    }
}
