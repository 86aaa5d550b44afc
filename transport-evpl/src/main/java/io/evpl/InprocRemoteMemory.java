package io.evpl;

import io.evpl.inproc.Connection;
import io.evpl.inproc.Region;
import io.evpl.inproc.RegionTable;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;

import java.util.concurrent.RejectedExecutionException;

/** Remote memory within the process: a checked copy by the end that asks, on its loop. */
final class InprocRemoteMemory implements RemoteMemory {
    private final EvplInprocChannel channel;
    private final RegionTable own;
    private final RegionTable peers;

    InprocRemoteMemory(EvplInprocChannel channel, Connection.End end) {
        this.channel = channel;
        own = end.regions();
        peers = end.peerRegions();
    }

    private record InprocRegistration(RegionTable table, Region region, RemoteKey key, Promise<Void> closed)
            implements Registration {
        @Override
        public Future<Void> close() {
            table.close(region);
            return closed;
        }
    }

    @Override
    public Registration register(ByteBuf memory, int index, int bytes, Access access) {
        // Its own indexes: another thread copies from it.
        ByteBuf range = memory.retainedSlice(index, bytes);
        // Completed by whoever touches the memory last, on either loop's thread or neither.
        Promise<Void> closed = ImmediateEventExecutor.INSTANCE.newPromise();
        try {
            Region region = own.add(range, access != Access.WRITE, access != Access.READ, () -> closed.setSuccess(null));
            return new InprocRegistration(own, region, new RemoteKey(region.address(), bytes, region.key()), closed);
        } catch (IllegalStateException e) {
            range.release();
            throw e;
        }
    }

    @Override
    public ChannelFuture read(RemoteKey remote, long offset, ByteBuf target, ChannelPromise promise) {
        return begin(Access.READ, remote, offset, target, promise);
    }

    @Override
    public ChannelFuture write(ByteBuf source, RemoteKey remote, long offset, ChannelPromise promise) {
        return begin(Access.WRITE, remote, offset, source, promise);
    }

    private ChannelFuture begin(Access direction, RemoteKey remote, long offset, ByteBuf buffer, ChannelPromise promise) {
        if (!promise.setUncancellable()) {
            return promise;
        }
        if (channel.eventLoop().inEventLoop()) {
            end(promise, copy(direction, remote, offset, buffer));
            return promise;
        }
        buffer.retain();
        try {
            channel.eventLoop().execute(() -> {
                Exception failure = copy(direction, remote, offset, buffer);
                buffer.release();
                end(promise, failure);
            });
        } catch (RejectedExecutionException e) {
            buffer.release();
            promise.tryFailure(e);
        }
        return promise;
    }

    private static void end(ChannelPromise promise, Exception failure) {
        if (failure == null) {
            promise.trySuccess();
        } else {
            promise.tryFailure(failure);
        }
    }

    /** @return null if it was done */
    private Exception copy(Access direction, RemoteKey remote, long offset, ByteBuf buffer) {
        try {
            String refusal = direction == Access.READ ? read(remote, offset, buffer) : write(remote, offset, buffer);
            return refusal == null ? null : new RemoteAccessException(
                    (direction == Access.READ ? "remote read refused: " : "remote write refused: ") + refusal);
        } catch (RuntimeException e) {
            return e; // a released or read-only buffer of the caller's
        }
    }

    /** @return null, or why not */
    private String read(RemoteKey remote, long offset, ByteBuf target) {
        int bytes = target.writableBytes();
        Region region = find(remote);
        String refusal = refusal(region, remote, offset, bytes);
        if (refusal != null) {
            return refusal;
        }
        if (!region.isReadable()) {
            return "it is registered for writing only";
        }
        return region.read(region.indexOf(remote.address() + offset, bytes), target) ? null : unknown();
    }

    /** @return null, or why not */
    private String write(RemoteKey remote, long offset, ByteBuf source) {
        int bytes = source.readableBytes();
        Region region = find(remote);
        String refusal = refusal(region, remote, offset, bytes);
        if (refusal != null) {
            return refusal;
        }
        if (!region.isWritable()) {
            return "it is registered for reading only";
        }
        return region.write(region.indexOf(remote.address() + offset, bytes), source) ? null : unknown();
    }

    private Region find(RemoteKey remote) {
        return channel.isActive() ? peers.find(remote.rkey()) : null;
    }

    /** First what the key itself says, without a sum that could wrap; then what the registration says. */
    private String refusal(Region region, RemoteKey remote, long offset, int bytes) {
        if (!channel.isActive()) {
            return channel + " is closed";
        }
        if (offset < 0 || offset > remote.length() || bytes > remote.length() - offset) {
            return bytes + " bytes from " + offset + " are not within the " + remote.length() + " of the key";
        }
        if (region == null) {
            return unknown();
        }
        // offset is at most the key's length; both ends of the range must lie within what is registered
        if (region.indexOf(remote.address(), 0) < 0 || remote.length() > region.bytes() - region.indexOf(remote.address(), 0)) {
            return "the key's range is not within the registered memory";
        }
        return null;
    }

    private static String unknown() {
        return "the peer has no registration of that key on this connection, or has closed it";
    }
}
