/** What many connections cost a server in memory: a fixed program, and readings of the server's process before and after. */
package io.evpl.examples.perf.memory;
