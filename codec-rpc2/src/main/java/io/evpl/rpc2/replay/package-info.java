/** Replies that are kept for a while, so that a call which comes twice is executed once. */
package io.evpl.rpc2.replay;
