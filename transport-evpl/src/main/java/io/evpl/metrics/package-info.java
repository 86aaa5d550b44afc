/**
 * What loops count, and how it is read: snapshots, Prometheus text, Micrometer. Knows no loop, no channel and no backend; who
 * counts and who is counted are given to it.
 */
package io.evpl.metrics;
