/** {@code ./evpl perf}: evpl and its peers under the same load. The parent JVM: options, the plan, the order of rounds. */
package io.evpl.examples.perf;
