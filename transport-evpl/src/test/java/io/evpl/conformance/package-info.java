/**
 * Programs of operations, generated from fixed seeds, that run on real loops and real sockets under a virtual clock.
 *
 * <p>A {@link io.evpl.conformance.Model} says what each operation owes; an {@link io.evpl.conformance.EventLog} notes what
 * came; the {@link io.evpl.conformance.Oracle} compares: all that was owed arrived, in order where order is claimed, and
 * nothing else did. The names T1, D2, B3, C4, S5 and so on are those of libevpl's core conformance suite.
 */
package io.evpl.conformance;
