package io.evpl;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;

/** What all connections whose directions end one by one do alike. */
final class HalfClosure {
    private HalfClosure() {
    }

    /** Ends the output, then the input; the first failure is the promise's. */
    static ChannelFuture shutdown(DuplexChannel channel, ChannelPromise promise) {
        channel.shutdownOutput().addListener(output -> channel.shutdownInput().addListener(input -> {
            Throwable failure = output.isSuccess() ? input.cause() : output.cause();
            if (failure == null) {
                promise.trySuccess();
            } else {
                promise.tryFailure(failure);
            }
        }));
        return promise;
    }

    /** The peer sends no more, and the channel stays open. */
    static void fireInputEnded(ChannelPipeline pipeline) {
        pipeline.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        pipeline.fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
    }
}
