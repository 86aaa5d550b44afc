/**
 * From a specification to Java 25. {@link io.evpl.xdr.compiler.java.JavaGenerator} is the front door; names, shapes of types and
 * the text of a file have a class each, and so has each kind of definition.
 */
package io.evpl.xdr.compiler.java;
