package io.evpl;

import io.netty.channel.ChannelOption;

import java.util.Map;

import static io.netty.channel.ChannelOption.ALLOW_HALF_CLOSURE;

/** What the options of all connections have in common. */
abstract class EvplStreamChannelConfig extends EvplChannelConfig {
    private volatile boolean allowHalfClosure;

    EvplStreamChannelConfig(EvplStreamChannel channel, SocketOptionTable table) {
        super(channel, table);
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), ALLOW_HALF_CLOSURE);
    }

    @Override
    @SuppressWarnings("unchecked") // it is the option's own type
    public <T> T getOption(ChannelOption<T> option) {
        return option == ALLOW_HALF_CLOSURE ? (T) Boolean.valueOf(allowHalfClosure) : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (option != ALLOW_HALF_CLOSURE) {
            return super.setOption(option, value);
        }
        validate(option, value);
        setAllowHalfClosure((Boolean) value);
        return true;
    }

    @Override
    protected void autoReadCleared() {
        ((EvplStreamChannel) channel).stopRead();
    }

    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    public EvplStreamChannelConfig setAllowHalfClosure(boolean allowHalfClosure) {
        this.allowHalfClosure = allowHalfClosure;
        return this;
    }
}
