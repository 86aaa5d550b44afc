/**
 * Sources of ours on Netty's own loops: polled in each turn while there is work, watched by one thread while there is none. Knows
 * sources and Netty's loops; no channel and no backend.
 */
package io.evpl.foreign;
