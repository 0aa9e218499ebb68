/* A program that tells what it was started with, one "key value" line each, or does one simple thing.
 *
 *   probe report          everything below
 *   probe exit N          ends with status N
 *   probe signal N        ends by signal N
 *   probe echo            copies its input to its output until the end
 *   probe orphan          leaves a grandchild of that pid, which waits for the end of our input
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

extern char** environ;

static void report_fds(void) {
  DIR* folder = opendir("/proc/self/fd");
  const struct dirent* entry;
  while (folder && (entry = readdir(folder))) {
    if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(folder)) printf("fd %s\n", entry->d_name);
  }
  if (folder) closedir(folder);
}

static void report_file(const char* path, const char* prefix, const char* wanted) {
  char line[4096];
  FILE* file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) {
    if (!wanted || strncmp(line, wanted, strlen(wanted)) == 0) printf("%s %s", prefix, line);
  }
  if (file) fclose(file);
}

static void report_terminal(void) {
  struct winsize size = {0};
  struct termios modes;
  if (!isatty(0) || ioctl(0, TIOCGWINSZ, &size) != 0) return;
  printf("size %dx%d\n", size.ws_row, size.ws_col);
  printf("tty_session %d\n", (int)tcgetsid(0));
  printf("tty_foreground %d\n", (int)tcgetpgrp(0));
  if (tcgetattr(0, &modes) == 0) printf("utf8 %d\n", (modes.c_iflag & IUTF8) != 0);
}

static void report(int argc, char** argv) {
  char folder[4096];
  printf("pid %d\nsid %d\npgid %d\n", (int)getpid(), (int)getsid(0), (int)getpgrp());
  if (getcwd(folder, sizeof folder)) printf("cwd %s\n", folder);
  for (int i = 0; i < argc; ++i) printf("arg %s\n", argv[i]);
  for (char** e = environ; *e; ++e) printf("env %s\n", *e);
  report_fds();
  report_file("/proc/self/status", "status", "Sig");
  report_file("/proc/self/oom_score_adj", "oom_score_adj", NULL);
  report_file("/proc/self/cgroup", "cgroup", NULL);
  report_terminal();
  printf("end .\n");
}

static void echo(void) {
  char bytes[4096];
  for (;;) {
    const ssize_t got = read(0, bytes, sizeof bytes);
    if (got <= 0) return;
    for (ssize_t done = 0; done < got;) {
      const ssize_t put = write(1, bytes + done, (size_t)(got - done));
      if (put < 0) return;
      done += put;
    }
  }
}

static void orphan(void) {
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();
    echo();
    _exit(7);
  }
  printf("orphan %d\n", (int)pid);
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "report";
  const int number = argc > 2 ? atoi(argv[2]) : 0;
  if (strcmp(what, "exit") == 0) return number;
  if (strcmp(what, "signal") == 0) {
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    raise(number);
    return 99;
  }
  if (strcmp(what, "echo") == 0) {
    echo();
  } else if (strcmp(what, "orphan") == 0) {
    orphan();
  } else {
    report(argc, argv);
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
