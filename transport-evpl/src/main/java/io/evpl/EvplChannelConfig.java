package io.evpl;

import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.RecvByteBufAllocator;

import java.util.Map;

/** Netty's general options, and those of a {@link SocketOptionTable}, which the kernel keeps. */
abstract class EvplChannelConfig extends DefaultChannelConfig {
    private final SocketOptionTable table;

    EvplChannelConfig(EvplChannel channel, SocketOptionTable table) {
        super(channel);
        this.table = table;
    }

    EvplChannelConfig(EvplChannel channel, SocketOptionTable table, RecvByteBufAllocator allocator) {
        super(channel, allocator);
        this.table = table;
    }

    private EvplChannel socket() {
        return (EvplChannel) channel;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), table.options());
    }

    @Override
    @SuppressWarnings("unchecked") // the table holds each option's own type
    public <T> T getOption(ChannelOption<T> option) {
        return table.has(option) ? (T) table.get(socket().fd, option) : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (!table.has(option)) {
            return super.setOption(option, value);
        }
        validate(option, value);
        table.set(socket().fd, socket().family, option, value);
        return true;
    }
}
