/**
 * RPCSEC_GSS version 1 (RFC 2203), both sides: Kerberos for ONC RPC without protection (krb5), with integrity (krb5i) and with privacy
 * (krb5p). {@link io.evpl.rpc2.gss.GssServer} and {@link io.evpl.rpc2.gss.GssClient} are what users meet; the mechanism behind them is
 * the JDK's, through {@link io.evpl.rpc2.gss.GssMechanism}.
 */
package io.evpl.rpc2.gss;
