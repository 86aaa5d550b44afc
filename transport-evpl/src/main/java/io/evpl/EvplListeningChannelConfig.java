package io.evpl;

import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.util.NetUtil;
import io.netty.util.internal.ObjectUtil;

import java.util.Map;

import static io.netty.channel.ChannelOption.SO_BACKLOG;

/** What the options of all listening sockets have in common. */
abstract class EvplListeningChannelConfig extends EvplChannelConfig {
    private volatile int backlog = NetUtil.SOMAXCONN;

    EvplListeningChannelConfig(EvplListeningChannel channel, SocketOptionTable table) {
        super(channel, table, new ServerChannelRecvByteBufAllocator());
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), SO_BACKLOG);
    }

    @Override
    @SuppressWarnings("unchecked") // it is the option's own type
    public <T> T getOption(ChannelOption<T> option) {
        return option == SO_BACKLOG ? (T) Integer.valueOf(backlog) : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (option != SO_BACKLOG) {
            return super.setOption(option, value);
        }
        validate(option, value);
        setBacklog((Integer) value);
        return true;
    }

    @Override
    protected void autoReadCleared() {
        ((EvplListeningChannel) channel).stopRead();
    }

    public int getBacklog() {
        return backlog;
    }

    public EvplListeningChannelConfig setBacklog(int backlog) {
        this.backlog = ObjectUtil.checkPositiveOrZero(backlog, "backlog");
        return this;
    }
}
