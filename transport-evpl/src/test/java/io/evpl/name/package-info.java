/** Tests of names and addresses, and a name server for them. */
package io.evpl.name;
