package io.evpl.conformance;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;

/** Ways in which a transport can be wrong, each done once. */
enum Breakage implements Sabotage {
    LOST_READ, READ_TWICE, READS_SWAPPED, READ_CHANGED, READ_OF_NOBODY,
    NO_ACTIVE, ACTIVE_TWICE, NO_INACTIVE, INACTIVE_TWICE, EXCEPTION,
    WRITE_UNREPORTED, WRITE_FAILED;

    @Override
    public ChannelHandler handler(Side side) {
        return side == Side.SERVER ? new Saboteur() : null;
    }

    private final class Saboteur extends ChannelDuplexHandler {
        private boolean done;
        private Object kept;

        /** Whether this is the one time. */
        private boolean is(Breakage breakage) {
            if (Breakage.this != breakage || done) {
                return false;
            }
            done = true;
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (is(EXCEPTION)) {
                ctx.fireExceptionCaught(new IllegalStateException("nothing is wrong"));
            }
            if (is(READ_OF_NOBODY)) {
                ctx.fireChannelRead(Unpooled.directBuffer().writeZero(1));
            }
            if (is(ACTIVE_TWICE)) {
                ctx.fireChannelActive();
            }
            if (!is(NO_ACTIVE)) {
                ctx.fireChannelActive();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (is(INACTIVE_TWICE)) {
                ctx.fireChannelInactive();
            }
            if (!is(NO_INACTIVE)) {
                ctx.fireChannelInactive();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (kept != null) {
                ctx.fireChannelRead(message);
                ctx.fireChannelRead(kept);
                kept = null;
            } else if (is(LOST_READ)) {
                ReferenceCountUtil.release(message);
            } else if (is(READS_SWAPPED)) {
                kept = message;
            } else {
                if (is(READ_TWICE)) {
                    ctx.fireChannelRead(((ByteBuf) message).retainedDuplicate());
                }
                if (is(READ_CHANGED)) {
                    ((ByteBuf) message).setByte(0, ((ByteBuf) message).getByte(0) + 1);
                }
                ctx.fireChannelRead(message);
            }
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (is(WRITE_UNREPORTED)) {
                ctx.write(message);
            } else if (is(WRITE_FAILED)) {
                ReferenceCountUtil.release(message);
                promise.setFailure(new IllegalStateException("nothing is wrong"));
            } else {
                ctx.write(message, promise);
            }
        }
    }
}
