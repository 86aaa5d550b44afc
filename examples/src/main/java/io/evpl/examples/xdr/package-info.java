/** {@code ./evpl xdr}: the XDR compiler on the command line. */
package io.evpl.examples.xdr;
