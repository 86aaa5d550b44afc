/** TLS on all stream channels. */
package io.evpl.tls;
