/** Calls as OpenTelemetry spans. Nothing else needs OpenTelemetry. */
package io.evpl.rpc2.trace;
