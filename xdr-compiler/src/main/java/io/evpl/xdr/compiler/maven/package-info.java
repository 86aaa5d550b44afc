/** The compiler as a Maven plugin. */
package io.evpl.xdr.compiler.maven;
