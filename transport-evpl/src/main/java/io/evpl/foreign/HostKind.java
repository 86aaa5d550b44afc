package io.evpl.foreign;

import io.netty.channel.EventLoop;

/**
 * Loops that run what {@link io.netty.channel.SingleThreadEventLoop#executeAfterEventLoopIteration} was given after each round of
 * tasks and look at their I/O in between. Others do not: {@code DefaultEventLoop} runs it only when it ends.
 */
enum HostKind {
    NIO("io.netty.channel.nio.NioEventLoop"),
    EPOLL("io.netty.channel.epoll.EpollEventLoop"),
    INCUBATOR("io.netty.incubator.channel.uring.IOUringEventLoop");

    private final String className;

    HostKind(String className) {
        this.className = className;
    }

    /** By name, so that no transport that an application does not have is loaded. @return null if it is none of them */
    static HostKind of(EventLoop loop) {
        for (Class<?> type = loop.getClass(); type != null; type = type.getSuperclass()) {
            for (HostKind kind : values()) {
                if (kind.className.equals(type.getName())) {
                    return kind;
                }
            }
        }
        return null;
    }
}
