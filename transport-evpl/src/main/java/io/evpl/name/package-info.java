/**
 * Names to addresses: netty-resolver-dns, with a bounded cache, the system's files read off the loop, and both address
 * families asked at once. Knows no backend; its sockets are given to it.
 */
package io.evpl.name;
