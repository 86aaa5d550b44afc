package io.evpl;

/** Options of a listening unix socket; the kernel's own are read from and written to it. */
public final class EvplServerDomainSocketChannelConfig extends EvplListeningChannelConfig {
    EvplServerDomainSocketChannelConfig(EvplServerDomainSocketChannel channel) {
        super(channel, SocketOptionTable.UNIX_SERVER);
    }

    @Override
    public EvplServerDomainSocketChannelConfig setBacklog(int backlog) {
        super.setBacklog(backlog);
        return this;
    }
}
