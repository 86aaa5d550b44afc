/**
 * Connections within the process: queues between two loops, the names that are listened on, and memory that the other end
 * may reach. Knows Netty's buffers and executors; no channel, no backend, no system call.
 */
package io.evpl.inproc;
