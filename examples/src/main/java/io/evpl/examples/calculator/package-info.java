/** ONC RPC in thirty lines: a calculator from calculator.x, as docs/rpc2.md shows it. */
package io.evpl.examples.calculator;
