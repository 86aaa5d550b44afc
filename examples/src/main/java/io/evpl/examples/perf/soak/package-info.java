/** Everything at once for a while: all transports and TLS on two loops, every byte checked, memory flat. */
package io.evpl.examples.perf.soak;
