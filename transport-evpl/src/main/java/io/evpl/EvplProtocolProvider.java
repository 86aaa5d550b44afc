package io.evpl;

import java.util.List;

/**
 * A module's protocols, found by {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/io.evpl.EvplProtocolProvider}.
 */
public interface EvplProtocolProvider {
    /**
     * Called once, by the first who asks for a protocol, on any thread. Should not fail because a device or a library is
     * missing: say so with {@link EvplProtocol.Builder#unavailable}. One that throws is left out, and named where its
     * protocols are asked for.
     *
     * @return made with {@link EvplProtocol#builder}
     */
    List<EvplProtocol> protocols();
}
