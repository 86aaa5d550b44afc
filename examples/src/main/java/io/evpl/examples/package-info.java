/** The programs people run with {@code ./evpl}: doctor, echo and perf, one picocli command each. */
package io.evpl.examples;
