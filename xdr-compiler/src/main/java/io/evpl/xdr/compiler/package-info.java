/**
 * The XDR compiler: {@link io.evpl.xdr.compiler.XdrCompiler} reads .x files (package syntax), which become a specification (model),
 * which becomes Java (java). The Maven plugin (maven) and the command line call it.
 */
package io.evpl.xdr.compiler;
