/** Calls and connections as Micrometer meters. Nothing else needs Micrometer. */
package io.evpl.rpc2.metrics;
