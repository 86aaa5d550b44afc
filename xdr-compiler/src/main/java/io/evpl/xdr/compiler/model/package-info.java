/**
 * A specification that was read and found to be right: names resolved, constants evaluated, every type's shape known.
 * The syntax makes it, the generator reads it; it knows neither.
 */
package io.evpl.xdr.compiler.model;
