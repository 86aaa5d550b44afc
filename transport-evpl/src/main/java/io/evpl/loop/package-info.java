/** What a turn of the event loop is made of: sources of work, a way to sleep, when to spin, and the clock. Knows no backend. */
package io.evpl.loop;
