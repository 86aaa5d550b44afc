/** The io_uring ABI and one ring: entries in, completions out. Knows memory layouts, no sockets and no channels. */
package io.evpl.linux.uring;
