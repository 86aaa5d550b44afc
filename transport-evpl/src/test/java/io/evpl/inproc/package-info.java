/** The parts of a connection within the process, each on its own. */
package io.evpl.inproc;
