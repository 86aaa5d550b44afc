/*
 * What libtirpc needs for the pages that XdrMix encodes and decodes, nanoseconds for each:
 *
 *   rpcgen -h -o directory.h directory.x && rpcgen -c -o directory_xdr.c directory.x
 *   gcc -O2 -I. -I/usr/include/tirpc mix.c directory_xdr.c -o mix -ltirpc && ./mix
 */
#include "directory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BUFFER_BYTES = 1 << 20, ROUNDS = 7, ROUND_NS = 200 * 1000 * 1000, BATCH = 100 };

static char buffer[BUFFER_BYTES];

static long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void fill(directory_page *page, int count) {
    memset(page, 0, sizeof *page);
    page->entries.entries_len = count;
    page->entries.entries_val = calloc(count, sizeof(directory_entry));
    page->complete = TRUE;
    for (int i = 0; i < count; i++) {
        directory_entry *entry = &page->entries.entries_val[i];
        char name[64];
        snprintf(name, sizeof name, "file-number-%d.txt", 1000 + i);
        entry->file_id = 100000 + i;
        entry->name = strdup(name);
        entry->cookie = i;
        entry->attributes = (file_attributes) {FILE_REGULAR, 0644, 1, 1000, 1000, 4096L * i, 4096L * i, {0, 0}, 77, 100000 + i,
            {1700000000, 1}, {1700000001, 2}, {1700000002, 3}};
        entry->handle.handle_len = 32;
        entry->handle.handle_val = calloc(1, 32);
    }
}

static void check(bool_t done, const char *what) {
    if (!done) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static u_int encode(directory_page *page) {
    XDR xdr;
    xdrmem_create(&xdr, buffer, BUFFER_BYTES, XDR_ENCODE);
    check(xdr_directory_page(&xdr, page), "encoding");
    return xdr_getpos(&xdr);
}

static void decode(u_int bytes) {
    XDR xdr;
    directory_page page;
    memset(&page, 0, sizeof page);
    xdrmem_create(&xdr, buffer, bytes, XDR_DECODE);
    check(xdr_directory_page(&xdr, &page), "decoding");
    xdr_free((xdrproc_t) xdr_directory_page, (char *) &page);
}

/* The best round: a machine is disturbed by others, never helped. */
static double best_ns(directory_page *page, u_int bytes) {
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        long done = 0, start = now_ns(), elapsed;
        do {
            for (int i = 0; i < BATCH; i++) {
                if (page) {
                    encode(page);
                } else {
                    decode(bytes);
                }
            }
            done += BATCH;
            elapsed = now_ns() - start;
        } while (elapsed < ROUND_NS);
        if ((double) elapsed / done < best) {
            best = (double) elapsed / done;
        }
    }
    return best;
}

int main(void) {
    static const int counts[] = {1, 16, 128};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        directory_page page;
        fill(&page, counts[i]);
        u_int bytes = encode(&page);
        printf("%3d entries, %5u bytes: encode %.0f ns, decode %.0f ns\n", counts[i], bytes, best_ns(&page, bytes), best_ns(NULL, bytes));
    }
    return 0;
}
