/**
 * ONC RPC version 2 (RFC 5531), client and server, as handlers in a Netty pipeline of any transport.
 *
 * <h2>Where to begin</h2>
 * {@link io.evpl.rpc2.RpcServer} serves {@link io.evpl.rpc2.RpcProgram}s, {@link io.evpl.rpc2.RpcConnection#connect} makes a client. Both
 * are an {@link io.evpl.rpc2.RpcConnection} behind a {@link io.evpl.rpc2.RecordDecoder}, which fit any bootstrap:
 * {@snippet :
 * pipeline.addLast(new RecordDecoder(config.limits()), new RpcConnection(config));
 * }
 * Programs and procedures come from .x files, by the XDR compiler.
 *
 * <h2>A byte's way</h2>
 * A call arrives in a buffer that the transport has read. {@link io.evpl.rpc2.RecordDecoder} reads the mark in front of it; if the record
 * lies whole in the buffer, a slice of it (or the buffer itself, if nothing else is in it) goes on, without a copy. Else the pieces are
 * gathered by {@code RecordAssembly}: large ones held, small ones copied together. {@code RpcConnection} looks at the message type. A call
 * goes to {@code ServedCalls}, where {@code CallMessage} reads the header in place, the flavor says who calls, program, version and
 * procedure are looked up, and the arguments are decoded, their large buffers as further slices of the one that arrived. The handler is
 * called, on the loop, with the arguments and an {@link io.evpl.rpc2.RpcCall}.
 *
 * <p>Its reply, now or later, is encoded by {@code ReplyWriter} and put into the {@code Outbox}: small replies one behind the other in one
 * buffer, large ones as they are, with zero-copy buffers referred to. When the loop's turn ends (channelReadComplete, or a task behind
 * those that wrote) all of it is written and flushed once. The client's half, {@code OutgoingCalls}, is the mirror: a call is encoded by
 * {@code CallWriter} into the same outbox and waits in {@code PendingTable} under its xid; {@code ReplyReader} checks its reply.
 *
 * <p>Per connection there are a few small objects and nothing per byte: encoder and decoder belong to the loop. A NULL call allocates
 * nothing at the server, another call one object and what its codec makes.
 *
 * <h2>Threads</h2>
 * All of a connection happens on its loop, so there are no locks. {@link io.evpl.rpc2.RpcCall}'s answers and
 * {@link io.evpl.rpc2.RpcCaller#call} may come from any thread; they become tasks of the loop.
 */
package io.evpl.rpc2;
