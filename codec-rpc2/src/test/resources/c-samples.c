/*
 * Both directions of the comparison with rpcgen and libtirpc. CSamplesTest builds it with what rpcgen makes of samples.x.
 *
 *   c-samples reread   reads messages, decodes and encodes each, writes what came out
 *   c-samples make N   makes N random values of its own and writes them
 *
 * A message is its length, four bytes, and its bytes.
 */
#include <stdlib.h>
#include <string.h>
#include "samples.h"

#define MESSAGE_BYTES 65536

static unsigned long long state = 20000201;

static unsigned int next_random(void)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned int)(state >> 33) ^ (unsigned int)(state >> 5);
}

static unsigned int below(unsigned int limit) { return next_random() % limit; }

static void *made(size_t bytes) { return calloc(1, bytes ? bytes : 1); }

static quad_t next_hyper(void) { return (quad_t)(((unsigned long long)next_random() << 32) | next_random()); }

static char *text(unsigned int most)
{
    unsigned int length = below(most + 1), i;
    char *string = made(length + 1);
    for (i = 0; i < length; i++)
        string[i] = (char)('!' + below(90));
    return string;
}

static sample_kind kind(void)
{
    static const sample_kind kinds[] = {KIND_NUMBERS, KIND_BYTES, KIND_ARRAYS, KIND_CHOICES, KIND_LISTS, KIND_TREE};
    return kinds[below(6)];
}

static void fill(char *bytes, unsigned int length)
{
    while (length-- > 0)
        *bytes++ = (char)next_random();
}

static void numbers(sample_numbers *to)
{
    to->signed_int = (int)next_random();
    to->unsigned_int = next_random();
    to->signed_hyper = next_hyper();
    to->unsigned_hyper = (u_quad_t)next_hyper();
    to->single = (float)next_random() / 7;
    to->twice = (double)next_random() / 11;
    to->flag = below(2);
    to->kind = kind();
}

static void bytes(sample_bytes *to)
{
    fill(to->key, 7);
    to->name = text(12);
    to->text = text(60);
    to->bounded.bounded_val = made(to->bounded.bounded_len = below(10));
    fill(to->bounded.bounded_val, to->bounded.bounded_len);
    to->payload.payload_val = made(to->payload.payload_len = below(3000));
    fill(to->payload.payload_val, to->payload.payload_len);
    to->raw = text(20);
    to->trailer = (int)next_random();
}

#define ELEMENTS(list, field, most, type, body) \
    do { \
        unsigned int i; \
        (list).field##_val = made(((list).field##_len = below((most) + 1)) * sizeof(type)); \
        for (i = 0; i < (list).field##_len; i++) { \
            type *each = &(list).field##_val[i]; \
            body; \
        } \
    } while (0)

static void arrays(sample_arrays *to)
{
    int i;
    for (i = 0; i < 3; i++)
        to->three[i] = (int)next_random();
    ELEMENTS(to->counted, counted, 5, u_int, *each = next_random());
    ELEMENTS(to->hypers, sample_hypers, 40, quad_t, *each = next_hyper());
    ELEMENTS(to->floats, floats, 40, float, *each = (float)next_random() / 3);
    to->doubles[0] = (double)next_random() / 9;
    to->doubles[1] = -0.0;
    ELEMENTS(to->bools, bools, 40, bool_t, *each = below(2));
    ELEMENTS(to->kinds, kinds, 5, sample_kind, *each = kind());
    ELEMENTS(to->numbers, numbers, 3, sample_numbers, numbers(each));
    numbers(&to->pair[0]);
    numbers(&to->pair[1]);
    ELEMENTS(to->names, sample_names, 5, sample_name, *each = text(12));
    ELEMENTS(to->keys, keys, 4, sample_key, fill(*each, 7));
    ELEMENTS(to->growths, growths, 5, sample_growth, *each = (sample_growth)next_random());
}

static void by_int(sample_by_int *to)
{
    static const int values[] = {-1, 0, 7, 16, 1234};
    to->which = values[below(5)];
    if (to->which == 0 || to->which == 7)
        to->sample_by_int_u.name = text(12);
    else if (to->which == 16)
        numbers(&to->sample_by_int_u.numbers);
    else if (to->which != -1)
        to->sample_by_int_u.other = next_hyper();
}

static void choices(sample_choices *to)
{
    by_int(&to->by_int);
    to->by_bool.there = below(2);
    if (to->by_bool.there) {
        to->by_bool.sample_by_bool_u.data.data_val = made(to->by_bool.sample_by_bool_u.data.data_len = below(2000));
        fill(to->by_bool.sample_by_bool_u.data.data_val, to->by_bool.sample_by_bool_u.data.data_len);
    }
    to->by_kind.kind = kind();
    if (to->by_kind.kind == KIND_TREE)
        ELEMENTS(to->by_kind.sample_by_kind_u.depth, depth, 5, int, *each = (int)next_random());
    if (below(2))
        *(to->number = made(sizeof(int))) = (int)next_random();
    if (below(2))
        by_int(to->choice = made(sizeof(sample_by_int)));
    if (below(2))
        *(to->name = made(sizeof(sample_name))) = text(12);
}

static void link_(sample_link *to);

static sample_link *links(void)
{
    sample_link *first = NULL;
    if (below(4))
        link_(first = made(sizeof(sample_link)));
    return first;
}

static void link_(sample_link *to)
{
    to->name = text(12);
    to->weight = next_hyper();
    to->next = links();
}

static void lists(sample_lists *to)
{
    to->first = links();
    ELEMENTS(to->others, others, 3, sample_links, *each = links());
    link_(&to->direct);
    to->trailer = (int)next_random();
}

static void tree(sample_tree *to, int depth)
{
    to->value = (int)next_random();
    if (depth > 0 && below(3))
        tree(to->left = made(sizeof(sample_tree)), depth - 1);
    if (depth > 0 && below(3))
        tree(to->right = made(sizeof(sample_tree)), depth - 1);
}

static void any(sample *to)
{
    switch (to->kind = kind()) {
    case KIND_NUMBERS: numbers(&to->sample_u.numbers); break;
    case KIND_BYTES: bytes(&to->sample_u.bytes); break;
    case KIND_ARRAYS: arrays(&to->sample_u.arrays); break;
    case KIND_CHOICES: choices(&to->sample_u.choices); break;
    case KIND_LISTS: lists(&to->sample_u.lists); break;
    case KIND_TREE: tree(&to->sample_u.tree, 6); break;
    }
}

static void fail(const char *what, unsigned int number)
{
    fprintf(stderr, "c-samples: message %u: %s\n", number, what);
    exit(1);
}

static void put(sample *value, unsigned int number)
{
    static char message[MESSAGE_BYTES];
    unsigned int length;
    XDR xdr;
    xdrmem_create(&xdr, message, sizeof message, XDR_ENCODE);
    if (!xdr_sample(&xdr, value))
        fail("not encoded", number);
    length = htonl(xdr_getpos(&xdr));
    fwrite(&length, 4, 1, stdout);
    fwrite(message, ntohl(length), 1, stdout);
    xdr_destroy(&xdr);
}

static int get(sample *value, unsigned int number)
{
    static char message[MESSAGE_BYTES];
    unsigned int length;
    XDR xdr;
    if (fread(&length, 4, 1, stdin) != 1)
        return 0;
    length = ntohl(length);
    if (length > sizeof message || fread(message, 1, length, stdin) != length)
        fail("not read", number);
    xdrmem_create(&xdr, message, length, XDR_DECODE);
    if (!xdr_sample(&xdr, value))
        fail("not decoded", number);
    if (xdr_getpos(&xdr) != length)
        fail("bytes are left", number);
    xdr_destroy(&xdr);
    return 1;
}

int main(int argc, char **argv)
{
    unsigned int number, count = argc > 2 ? (unsigned int)atoi(argv[2]) : 0;
    for (number = 0; argc < 3 || number < count; number++) {
        sample value;
        memset(&value, 0, sizeof value);
        if (argc > 2)
            any(&value);
        else if (!get(&value, number))
            break;
        put(&value, number);
        if (argc < 3)
            xdr_free((xdrproc_t)xdr_sample, (char *)&value);
    }
    return fflush(stdout) ? 1 : 0;
}
