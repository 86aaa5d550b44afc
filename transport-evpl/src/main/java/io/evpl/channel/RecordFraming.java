package io.evpl.channel;

/**
 * How a stream channel receives whose bytes are TLS records. Until the kernel decrypts them, no receive takes more than the
 * rest of a record's header, or of its body: what follows a record must still be in the socket when the kernel gets the keys.
 * Asked before each receive, on the channel's loop.
 */
public interface RecordFraming {
    /** The kernel decrypts: receives take the content of records of one type, as much as there is room for. */
    int CONTENT = 0;
    /** No receive may begin; {@link RecordChannel#receiveBy} tells when one may. */
    int NOTHING = -1;

    /** @return bytes that the next receive may take at most, 1 or more; {@link #CONTENT} or {@link #NOTHING} */
    int wantedBytes();
}
