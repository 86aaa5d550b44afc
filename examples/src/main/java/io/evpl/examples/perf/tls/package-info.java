/** TLS for servers and loads: a certificate made on the spot, and what goes into a pipeline. */
package io.evpl.examples.perf.tls;
