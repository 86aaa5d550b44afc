/** The JVMs a run forks, and the parent's view of them: a server per transport, one load generator, lines of text between. */
package io.evpl.examples.perf.child;
