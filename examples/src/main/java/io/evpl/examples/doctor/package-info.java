/**
 * {@code ./evpl doctor}: what this machine offers the transport, what is missing, and the command that mends it.
 * Each {@code XxxChecks} reads one corner of {@code /proc}, {@code /sys} or the JVM and returns a
 * {@link io.evpl.examples.doctor.Section}. Files are read through {@link io.evpl.examples.doctor.LinuxFiles},
 * which a test points at a made-up tree.
 */
package io.evpl.examples.doctor;
