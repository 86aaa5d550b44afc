/*
 * Calls a server under RPCSEC_GSS with libtirpc: tirpc-client PORT TARGET SERVICE (1, 2 or 3). Prints who the server says is calling.
 * cc tirpc-client.c -I/usr/include/tirpc -ltirpc -lgssapi_krb5
 */
#include <arpa/inet.h>
#include <gssapi/gssapi.h>
#include <rpc/rpc.h>
#include <rpc/auth_gss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM 0x20455651
#define VERSION 1
#define ECHO 1
#define WHO 2
/* A protected body must fit: libtirpc goes back in its buffer to write the body's length. */
#define BUFFER (128 * 1024)

struct bytes {
    char *data;
    u_int length;
};

static bool_t xdr_echo(XDR *xdrs, struct bytes *value) { return xdr_bytes(xdrs, &value->data, &value->length, 1 << 20); }

int main(int argc, char **argv) {
    static gss_OID_desc krb5 = {9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    struct rpc_gss_sec sec = {&krb5, GSS_C_QOP_DEFAULT, atoi(argv[3]), GSS_C_NO_CREDENTIAL, GSS_C_MUTUAL_FLAG};
    struct timeval limit = {20, 0};
    int socket = RPC_ANYSOCK;
    char *who = NULL;

    (void)argc;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    CLIENT *client = clnttcp_create(&address, PROGRAM, VERSION, &socket, BUFFER, BUFFER);
    if (client == NULL) {
        clnt_pcreateerror("connect");
        return 2;
    }
    client->cl_auth = authgss_create_default(client, argv[2], &sec);
    if (client->cl_auth == NULL) {
        clnt_pcreateerror("authgss_create_default");
        return 3;
    }
    for (u_int length = 0; length < 60000; length = length * 3 + 1) {
        struct bytes sent = {malloc(length + 1), length}, got = {NULL, 0};
        for (u_int i = 0; i < length; i++) {
            sent.data[i] = (char)(i * 31);
        }
        if (clnt_call(client, ECHO, (xdrproc_t)xdr_echo, (char *)&sent, (xdrproc_t)xdr_echo, (char *)&got, limit) != RPC_SUCCESS) {
            clnt_perror(client, "ECHO");
            return 4;
        }
        if (got.length != length || memcmp(got.data, sent.data, length) != 0) {
            fprintf(stderr, "ECHO of %u bytes gave others\n", length);
            return 5;
        }
        free(sent.data);
        free(got.data);
    }
    if (clnt_call(client, WHO, (xdrproc_t)xdr_void, NULL, (xdrproc_t)xdr_wrapstring, (char *)&who, limit) != RPC_SUCCESS) {
        clnt_perror(client, "WHO");
        return 6;
    }
    printf("%s\n", who);
    auth_destroy(client->cl_auth);
    clnt_destroy(client);
    return 0;
}
