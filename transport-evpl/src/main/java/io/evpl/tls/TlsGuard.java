package io.evpl.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

import javax.net.ssl.SSLException;

/** Nearest to a channel of the protocol STREAM_SOCKET_TLS: lets nothing pass until TLS is in the pipeline, then leaves. */
final class TlsGuard extends ChannelDuplexHandler {
    /** On the listening channel: each accepted one gets a guard before the user's initializer. */
    @ChannelHandler.Sharable
    static final class OfAccepted extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object child) {
            ((Channel) child).pipeline().addFirst(new TlsGuard());
            ctx.fireChannelRead(child);
        }
    }

    private static boolean isEncrypted(ChannelPipeline pipeline) {
        return pipeline.get(SslHandler.class) != null || pipeline.get(AbstractSniHandler.class) != null;
    }

    private static SSLException refusal(ChannelHandlerContext ctx) {
        return new SSLException("STREAM_SOCKET_TLS sends and receives no plain text: add EvplTls to the pipeline of "
                + ctx.channel() + " in its initializer");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (isEncrypted(ctx.pipeline())) {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
            ctx.fireExceptionCaught(refusal(ctx));
            ctx.close();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (isEncrypted(ctx.pipeline())) {
            ctx.pipeline().remove(this);
            ctx.write(message, promise);
        } else {
            ReferenceCountUtil.release(message);
            promise.tryFailure(refusal(ctx));
            ctx.close();
        }
    }
}
