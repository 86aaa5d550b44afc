/**
 * From the text of a .x file to {@link io.evpl.xdr.compiler.model.Specification}: the language of RFC 4506 section 6 and RFC 5531
 * section 12, what rpcgen's users write besides, and this compiler's annotations.
 *
 * <p>Lexer, Parser and Resolver follow one upon the other. The first two stop at the first thing that they cannot read; the last
 * one finds all that is wrong with the names. Knows nothing of Java, the language that comes out in the end.
 */
package io.evpl.xdr.compiler.syntax;
