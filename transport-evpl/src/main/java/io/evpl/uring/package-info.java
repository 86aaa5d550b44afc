/** Channels' input and output on an io_uring. */
package io.evpl.uring;
