/** What all channels share, whichever backend serves them: connection life, writing, the contracts up and down. */
package io.evpl.channel;
