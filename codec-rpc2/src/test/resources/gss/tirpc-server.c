/*
 * A server under RPCSEC_GSS with libtirpc: tirpc-server SERVICE (nfs@host). Prints its port; gives back what it gets and says who calls,
 * as EchoService does. Ends with its standard input.
 * cc tirpc-server.c -I/usr/include/tirpc -ltirpc -lgssapi_krb5
 */
#include <arpa/inet.h>
#include <gssapi/gssapi.h>
#include <rpc/rpc.h>
#include <rpc/svc_auth_gss.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void dispatch(struct svc_req *request, SVCXPRT *transport) {
    struct bytes value = {NULL, 0};
    char *who;

    switch (request->rq_proc) {
    case NULLPROC:
        svc_sendreply(transport, (xdrproc_t)xdr_void, NULL);
        return;
    case ECHO:
        if (!svc_getargs(transport, (xdrproc_t)xdr_echo, (char *)&value)) {
            svcerr_decode(transport);
            return;
        }
        svc_sendreply(transport, (xdrproc_t)xdr_echo, (char *)&value);
        svc_freeargs(transport, (xdrproc_t)xdr_echo, (char *)&value);
        return;
    case WHO:
        who = request->rq_cred.oa_flavor == RPCSEC_GSS ? svcauth_gss_get_principal(&SVC_XP_AUTH(transport)) : "nobody";
        svc_sendreply(transport, (xdrproc_t)xdr_wrapstring, (char *)&who);
        return;
    default:
        svcerr_noproc(transport);
    }
}

static void *watch(void *unused) {
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
    _exit(0);
    return unused;
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    gss_buffer_desc text = {strlen(argv[1]), argv[1]};
    gss_name_t name;
    OM_uint32 minor;
    pthread_t watcher;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    (void)argc;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        perror("listen");
        return 2;
    }
    if (gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &name) != GSS_S_COMPLETE || !svcauth_gss_set_svc_name(name)) {
        fprintf(stderr, "no key of %s\n", argv[1]);
        return 3;
    }
    SVCXPRT *transport = svc_vc_create(listener, BUFFER, BUFFER);
    if (transport == NULL || !svc_reg(transport, PROGRAM, VERSION, dispatch, NULL)) {
        fprintf(stderr, "no service\n");
        return 4;
    }
    pthread_create(&watcher, NULL, watch, NULL);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    svc_run();
    return 5;
}
