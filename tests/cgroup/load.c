/* Loads for groups. Each says one line when it is where the test wants it.
 *
 *   load wait              says "ready", waits for the end of its input
 *   load memory MIB        touches so much memory, says "ready", waits
 *   load forks N           makes N children that wait, says "forked K error E", waits
 *   load family N          N children, each in its own session, ignoring SIGTERM; says "ready", waits
 *   load cpu MS            uses so much processor time, ends
 *   load daemon            leaves a grandchild in its own session, says "ready", ends
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void say(const char* text) {
  if (write(1, text, strlen(text)) < 0) _exit(9);
}

static void wait_for_end(void) {
  char byte;
  while (read(0, &byte, 1) > 0) {
  }
}

static void touch(size_t mib) {
  for (size_t i = 0; i < mib; ++i) {
    char* block = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) _exit(8);
    memset(block, (int)i + 1, 1 << 20);
  }
}

static void forks(int wanted) {
  char line[64];
  int made = 0;
  int error = 0;
  while (made < wanted) {
    const pid_t pid = fork();
    if (pid < 0) {
      error = errno;
      break;
    }
    if (pid == 0) {
      wait_for_end();
      _exit(0);
    }
    ++made;
  }
  snprintf(line, sizeof line, "forked %d error %d\n", made, error);
  say(line);
}

static void family(int wanted) {
  int ends[2];
  char byte;
  if (pipe(ends) != 0) _exit(7);
  for (int i = 0; i < wanted; ++i) {
    const pid_t pid = fork();
    if (pid < 0) _exit(6);
    if (pid != 0) continue;
    setsid();
    signal(SIGTERM, SIG_IGN);
    if (write(ends[1], "x", 1) != 1) _exit(5);
    for (;;) pause();
  }
  for (int i = 0; i < wanted; ++i) {
    if (read(ends[0], &byte, 1) != 1) _exit(4);
  }
}

static void burn(long ms) {
  struct timespec used;
  do {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  } while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
}

static void leave_daemon(void) {
  int ends[2];
  char byte;
  if (pipe(ends) != 0) _exit(7);
  if (fork() == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    setsid();
    if (write(ends[1], "x", 1) != 1) _exit(5);
    for (;;) pause();
  }
  if (read(ends[0], &byte, 1) != 1) _exit(4);
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "wait";
  const int number = argc > 2 ? atoi(argv[2]) : 0;
  if (strcmp(what, "cpu") == 0) {
    burn(number);
    return 0;
  }
  if (strcmp(what, "forks") == 0) {
    forks(number);
    wait_for_end();
    return 0;
  }
  if (strcmp(what, "memory") == 0) touch((size_t)number);
  if (strcmp(what, "family") == 0) family(number);
  if (strcmp(what, "daemon") == 0) leave_daemon();
  say("ready\n");
  if (strcmp(what, "daemon") != 0) wait_for_end();
  return 0;
}
