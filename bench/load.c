// Load for an echo of frames: `load PORT CONNECTIONS WINDOW SECONDS < chunk`.
// Every connection sends the chunk again and again, with WINDOW of them under way, and compares every byte that comes back.
// Prints: bytes echoed, seconds, seconds of CPU. Little work for each byte: the server is what is to be busy.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CHUNK = 1 << 20, MOST_CONNECTIONS = 1024, STALLED_S = 30 };

struct connection {
  int socket;
  size_t sent, received;
};

static void give_up(const char *what) {
  fprintf(stderr, "load: %s (%s)\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return use.ru_utime.tv_sec + use.ru_stime.tv_sec + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static int dial(int port) {
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (void *)&place, sizeof place)) give_up("cannot connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

int main(int count, char **args) {
  if (count != 5) return 2;
  static char chunk[2 * MOST_CHUNK], buffer[1 << 17];
  static struct connection all[MOST_CONNECTIONS];
  int port = atoi(args[1]), connections = atoi(args[2]), poll = epoll_create1(0);
  size_t length = fread(chunk, 1, MOST_CHUNK, stdin), window = atol(args[3]) * length;
  if (length == 0 || connections < 1 || connections > MOST_CONNECTIONS) return 2;
  memcpy(chunk + length, chunk, length);
  for (int i = 0; i < connections; i++) {
    all[i].socket = dial(port);
    struct epoll_event want = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &all[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].socket, &want);
  }
  double from = now(), until = from + atof(args[4]), used = cpu(), heard = from, time = from;
  size_t echoed = 0;
  for (; time < until; time = now()) {
    struct epoll_event events[64];
    int ready = epoll_wait(poll, events, 64, 100);
    if (time - heard > STALLED_S) give_up("nothing comes any more");
    for (int i = 0; i < ready; i++) {
      struct connection *one = events[i].data.ptr;
      for (;;) {
        ssize_t got = recv(one->socket, buffer, sizeof buffer, 0);
        if (got < 0 && errno == EAGAIN) break;
        if (got <= 0) give_up("the server has closed");
        for (size_t at = 0; at < (size_t)got;) {
          size_t part = (size_t)got - at < length ? (size_t)got - at : length;
          if (memcmp(buffer + at, chunk + (one->received + at) % length, part)) give_up("the echo is wrong");
          at += part;
        }
        one->received += got;
        echoed += got;
        heard = time;
        if ((size_t)got < sizeof buffer) break;
      }
      while (one->sent - one->received < window) {
        size_t room = window - (one->sent - one->received);
        ssize_t put = send(one->socket, chunk + one->sent % length, room < length ? room : length, MSG_NOSIGNAL);
        if (put < 0 && errno == EAGAIN) break;
        if (put < 0) give_up("cannot send");
        one->sent += put;
      }
    }
  }
  printf("%zu %f %f\n", echoed, time - from, cpu() - used);
  return 0;
}
