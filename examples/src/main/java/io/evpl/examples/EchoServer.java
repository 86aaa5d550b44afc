package io.evpl.examples;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * A Netty server on evpl. The two lines marked NIO are all that moving one over takes;
 * bootstrap, options, pipeline and handlers stay as they are.
 */
final class EchoServer implements AutoCloseable {
    private final EchoHandler handler = new EchoHandler();
    private final EventLoopGroup loops;
    private final Channel listener;

    /** @param loopCount how many event loops, 0 = as many as the transport thinks right for this machine */
    EchoServer(InetSocketAddress address, int loopCount) throws Exception {
        loops = new EvplEventLoopGroup(loopCount);          // NIO: new NioEventLoopGroup(loopCount)
        try {
            listener = new ServerBootstrap()
                    .group(loops)
                    .channel(EvplServerSocketChannel.class) // NIO: NioServerSocketChannel.class
                    .childHandler(handler)
                    .bind(address).sync().channel();
        } catch (Exception e) {                             // bind's own IOException: sync() rethrows it undeclared
            end(loops);
            throw e;
        }
    }

    SocketAddress address() {
        return listener.localAddress();
    }

    /** What it has served so far; any thread may ask. */
    EchoHandler served() {
        return handler;
    }

    /** Stops listening, closes the connections and waits for the loops to end. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        end(loops);
    }

    /** No quiet period: nobody hands these loops work any more. Closes their connections, and waits. */
    private static void end(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 2, SECONDS).awaitUninterruptibly();
    }
}
