/** Tests of the allocator. */
package io.evpl.memory;
