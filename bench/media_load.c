/* Load for the media benchmark: many peers with real keys and real sockets, paced packets, latency stamped inside the
   encrypted payload and read off against the kernel's time of arrival, so that what this program itself is late with is
   nobody's delay. SRTP comes in as function pointers of the library that Python uses, so nothing is linked.
   One thread; called through ctypes from bench/media.py. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int (*crypt_fn)(void *session, void *packet, int *length);

typedef struct {
    int fd;
    struct sockaddr_in to;
    void *send, *receive;
    uint32_t audio, video; /* SSRCs of what we publish */
    uint32_t heard;        /* SSRC and number of the newest picture we got */
    uint32_t highest;
    uint16_t audio_seq, video_seq, transport_seq;
    uint32_t audio_time, video_time;
    uint64_t count, reported;
} peer;

typedef struct {
    uint64_t sent, received, samples, not_authentic, send_errors, behind_ns_most;
} result;

enum { AUDIO_TYPE = 111, VIDEO_TYPE = 96, STAMP = 2, LARGEST = 1400 };

static crypt_fn protect, unprotect, protect_rtcp;

static uint64_t ns(const struct timespec *t) { return (uint64_t)t->tv_sec * 1000000000ull + (uint64_t)t->tv_nsec; }

static uint64_t now_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return ns(&t);
}

/* When the kernel got a packet, by the wall clock: the one it stamps with. */
static uint64_t arrived_ns(struct msghdr *m) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            return ns(&t);
        }
    return now_ns(CLOCK_REALTIME);
}

void load_use(void *p, void *u, void *pr) { protect = (crypt_fn)p, unprotect = (crypt_fn)u, protect_rtcp = (crypt_fn)pr; }

peer *load_peers(int count) { return calloc((size_t)count, sizeof(peer)); }

void load_peer(peer *all, int i, int fd, const char *host, int port, void *send, void *receive, uint32_t ssrc) {
    peer *p = &all[i];
    memset(p, 0, sizeof *p);
    p->fd = fd, p->send = send, p->receive = receive, p->audio = ssrc, p->video = ssrc + 1;
    p->to.sin_family = AF_INET, p->to.sin_port = htons((uint16_t)port);
    inet_pton(AF_INET, host, &p->to.sin_addr);
    p->audio_seq = 100, p->video_seq = 100;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &(int){1}, sizeof(int));
}

static void put16(uint8_t *at, uint32_t v) { at[0] = (uint8_t)(v >> 8), at[1] = (uint8_t)v; }
static void put32(uint8_t *at, uint32_t v) { put16(at, v >> 16), put16(at + 2, v & 0xffff); }

/* Five of sixteen packets are sound of 160 bytes, the others picture of `size` bytes in frames of four. */
static int compose(peer *p, uint8_t *out, int size) {
    int sound = p->count % 16 % 3 == 0 && p->count % 16 != 15;
    int marker = sound ? 0 : p->video_seq % 4 == 3;
    if (sound) p->audio_seq++, p->audio_time += 960;
    else if (p->video_seq++ % 4 == 3) p->video_time += 3000;
    out[0] = 0x90, out[1] = (uint8_t)((marker << 7) | (sound ? AUDIO_TYPE : VIDEO_TYPE));
    put16(out + 2, sound ? p->audio_seq : p->video_seq);
    put32(out + 4, sound ? p->audio_time : p->video_time);
    put32(out + 8, sound ? p->audio : p->video);
    out[12] = 0xBE, out[13] = 0xDE, out[14] = 0, out[15] = 2;
    out[16] = 0x31, put16(out + 17, p->transport_seq++); /* transport-cc is 3 */
    if (sound) out[19] = 0x10, out[20] = 0x1E, memset(out + 21, 0, 3); /* audio level is 1 */
    else memset(out + 19, 0, 5);
    out[24] = 0x10, out[25] = 0;
    p->count++;
    return sound ? 160 : size;
}

static void report(peer *p, uint64_t t) {
    uint8_t out[128];
    int length = 32;
    if (t - p->reported < 1000000000ull || !p->heard) return;
    p->reported = t;
    memset(out, 0, sizeof out);
    out[0] = 0x81, out[1] = 201, out[3] = 7;
    put32(out + 4, p->video), put32(out + 8, p->heard), put32(out + 16, p->highest);
    if (protect_rtcp(p->send, out, &length) == 0) sendto(p->fd, out, (size_t)length, 0, (struct sockaddr *)&p->to, sizeof p->to);
}

static void take(peer *p, uint8_t *d, int length, uint64_t t, int every, result *r, uint32_t *lat, uint64_t most) {
    if (length < 24 || d[0] < 128 || d[0] > 191) return;
    if ((d[1] & 127) >= 64 && (d[1] & 127) < 96) return; /* RTCP */
    int seq = d[2] << 8 | d[3], picture = (d[1] & 127) == VIDEO_TYPE;
    r->received++;
    if (picture) p->heard = (uint32_t)d[8] << 24 | (uint32_t)d[9] << 16 | (uint32_t)d[10] << 8 | d[11], p->highest = (uint32_t)seq;
    if (seq % every) return;
    if (unprotect(p->receive, d, &length)) { r->not_authentic++; return; }
    int at = (d[0] & 0x10) ? 16 + 4 * (d[14] << 8 | d[15]) : 12;
    uint64_t stamp;
    if (at + STAMP + 8 > length) return;
    memcpy(&stamp, d + at + STAMP, 8);
    if (r->samples < most && t > stamp) lat[r->samples++] = (uint32_t)(t - stamp);
}

/* `rate` packets a second and peer, pictures of `size` bytes, for `seconds`; `lat` gets the delay of each `every`th in ns. */
void load_run(peer *all, int count, double rate, int size, double seconds, int every, result *r, uint32_t *lat, uint64_t most) {
    int poll = epoll_create1(0);
    struct epoll_event events[256];
    for (int i = 0; i < count; i++) {
        events[0].events = EPOLLIN, events[0].data.u32 = (uint32_t)i;
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &events[0]);
    }
    static uint8_t in[64][2048], out[2048];
    static char told[64][64];
    struct mmsghdr many[64];
    struct iovec parts[64];
    memset(many, 0, sizeof many);
    for (int i = 0; i < 64; i++) {
        parts[i].iov_base = in[i], parts[i].iov_len = 2048;
        many[i].msg_hdr.msg_iov = &parts[i], many[i].msg_hdr.msg_iovlen = 1, many[i].msg_hdr.msg_control = told[i];
    }
    memset(r, 0, sizeof *r);
    if (size > LARGEST) size = LARGEST;
    uint64_t start = now_ns(CLOCK_MONOTONIC), end = start + (uint64_t)(seconds * 1e9), grace = end + 300000000ull, turn = 0;
    double step = 1e9 / (rate * count), next = (double)start;
    for (uint64_t t; (t = now_ns(CLOCK_MONOTONIC)) < grace;) {
        int burst = 0;
        for (; t < end && next <= (double)t && burst < 64; burst++, next += step) {
            peer *p = &all[turn++ % (uint64_t)count];
            int length = compose(p, out, size);
            uint64_t stamp = now_ns(CLOCK_REALTIME);
            if ((double)t - next > (double)r->behind_ns_most) r->behind_ns_most = (uint64_t)((double)t - next);
            memset(out + 26, 0x5a, (size_t)length - 26);
            memcpy(out + 24 + STAMP, &stamp, 8);
            if (protect(p->send, out, &length)) { r->send_errors++; continue; }
            if (sendto(p->fd, out, (size_t)length, 0, (struct sockaddr *)&p->to, sizeof p->to) == length) r->sent++;
            else r->send_errors++;
            report(p, t);
        }
        double left = (next - (double)now_ns(CLOCK_MONOTONIC)) / 1e6;
        int wait = burst ? 0 : t < end ? left > 1 : 20;
        int ready = epoll_wait(poll, events, 256, wait);
        for (int i = 0; i < ready; i++) {
            peer *p = &all[events[i].data.u32];
            for (int k = 0; k < 64; k++) many[k].msg_hdr.msg_controllen = sizeof told[k];
            int got = recvmmsg(p->fd, many, 64, MSG_DONTWAIT, 0);
            for (int k = 0; k < got; k++)
                take(p, in[k], (int)many[k].msg_len, arrived_ns(&many[k].msg_hdr), every, r, lat, most);
        }
    }
    close(poll);
}
