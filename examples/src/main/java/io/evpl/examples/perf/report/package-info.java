/** From rounds to medians and ratios, and these as a terminal table, JSON and HTML. */
package io.evpl.examples.perf.report;
