/** Channels' input and output by epoll and socket calls: where io_uring is refused. */
package io.evpl.epoll;
