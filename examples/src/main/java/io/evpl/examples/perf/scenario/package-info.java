/** What is measured and how both ends speak: modes, payload, transports by name. Loaded by every JVM, on Netty 4.1 and 4.2. */
package io.evpl.examples.perf.scenario;
