/** {@code ./evpl rpc-check}: the conformance kit of io.evpl.rpc2.check on the command line. */
package io.evpl.examples.rpc;
