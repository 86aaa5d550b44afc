/** Socket addresses, message headers and socket options, as the kernel lays them out. No policy. */
package io.evpl.linux.socket;
