/** Micro-benchmarks. */
package io.evpl.benchmarks;
