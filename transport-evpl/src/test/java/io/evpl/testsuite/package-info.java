/** Netty's own transport test suite (io.netty:netty-testsuite), run against our channels on every backend. */
package io.evpl.testsuite;
