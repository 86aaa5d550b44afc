/** Memory that devices may be told of: slabs from the kernel, cut into buffers by thread. Knows no loop, no channel and no backend. */
package io.evpl.memory;
