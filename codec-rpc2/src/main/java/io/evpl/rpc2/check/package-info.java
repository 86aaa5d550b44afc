/**
 * The conformance kit: calls as raw bytes and what a right server makes of them, and a hostile server for clients.
 * It shares no line with the encoder, the decoder and the run time that it checks, nor with Netty: what both got wrong in the
 * same way would look right. Everything blocks on the caller's thread and ends by a timeout.
 */
package io.evpl.rpc2.check;
