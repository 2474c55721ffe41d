/*
 * Loaded into the pcscd of a test by LD_PRELOAD. It makes that pcscd private: it listens on the socket named by
 * RETAP_PCSCD_SOCKET, leaves the machine's own pcscd and its files alone, needs no root, and ends with the test. It mends
 * two things of vsmartcard's driver: the driver sends length and body of a message apart, which costs 44 ms an APDU until
 * Nagle's algorithm is off, and it listens to the whole network. And it makes pcscd see cards come and go at once.
 * RETAP_PCSCD_SLOW leaves the times as they are, to measure them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define OWN_FOLDER "/run/pcscd"
#define IS_OWN(path) (strncmp(path, OWN_FOLDER, strlen(OWN_FOLDER)) == 0)
/* PCSCLITE_STATUS_POLL_RATE, and what it is made here. */
#define PCSCD_LOOK_NS 400000000L
#define LOOK_NS 10000000L
/* The first descriptor that systemd hands over, sd_listen_fds(3). */
#define FIRST_HANDED_OVER 3

__attribute__((constructor)) static void end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

/* As systemd does that starts pcscd by a socket: the daemon then asks for none of its own. */
int sd_listen_fds(int unset_environment) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  (void)unset_environment;
  snprintf(address.sun_path, sizeof address.sun_path, "%s", getenv("RETAP_PCSCD_SOCKET"));
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0) {
    perror(address.sun_path);
    exit(1);
  }
  if (listener != FIRST_HANDED_OVER) {
    dup2(listener, FIRST_HANDED_OVER);
    close(listener);
  }
  return 1;
}

int bind(int listener, const struct sockaddr *address, socklen_t length) {
  int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
  struct sockaddr_in loopback;
  if (address->sa_family != AF_INET) return next(listener, address, length);
  memcpy(&loopback, address, sizeof loopback);
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return next(listener, (struct sockaddr *)&loopback, sizeof loopback);
}

int accept(int listener, struct sockaddr *address, socklen_t *length) {
  int (*next)(int, struct sockaddr *, socklen_t *) = dlsym(RTLD_NEXT, "accept");
  int connection = next(listener, address, length);
  int on = getenv("RETAP_PCSCD_SLOW") == NULL;
  if (connection >= 0) setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return connection;
}

/* pcscd looks every 400 ms whether a card has come or gone; a test that plugs in sixty would mostly wait for that. */
int nanosleep(const struct timespec *duration, struct timespec *left) {
  int (*next)(const struct timespec *, struct timespec *) = dlsym(RTLD_NEXT, "nanosleep");
  struct timespec look = {.tv_sec = 0, .tv_nsec = LOOK_NS};
  int is_look = duration->tv_sec == 0 && duration->tv_nsec == PCSCD_LOOK_NS && getenv("RETAP_PCSCD_SLOW") == NULL;
  return next(is_look ? &look : duration, left);
}

/* The machine's folder of pcscd with its process id: neither made, nor written, nor removed. */
int mkdir(const char *path, mode_t mode) {
  int (*next)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
  return IS_OWN(path) ? 0 : next(path, mode);
}

int chmod(const char *path, mode_t mode) {
  int (*next)(const char *, mode_t) = dlsym(RTLD_NEXT, "chmod");
  return IS_OWN(path) ? 0 : next(path, mode);
}

int open(const char *path, int flags, ...) {
  int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return IS_OWN(path) ? -1 : next(path, flags, mode);
}

int remove(const char *path) {
  int (*next)(const char *) = dlsym(RTLD_NEXT, "remove");
  return IS_OWN(path) ? 0 : next(path);
}
