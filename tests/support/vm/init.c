/* The first process of the throw-away kernel that run.sh boots: puts a copy-on-write layer over this
 * machine's files, mounts a whole cgroup v2 tree, runs one command, hands out what it wrote and how it
 * ended, and switches the kernel off. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MOST 4096
#define GROUPS "/sys/fs/cgroup"

static int status_fd = -1;

static void switch_off(void) {
  if (status_fd >= 0) tcdrain(status_fd);
  sync();
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

static void must(bool good, const char* what) {
  if (good) return;
  if (status_fd >= 0) dprintf(status_fd, "failed %s: %s\n", what, strerror(errno));
  switch_off();
}

/* A terminal of this kernel that passes every byte on unchanged. */
static int open_output(const char* path) {
  struct termios modes;
  const int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd >= 0 && tcgetattr(fd, &modes) == 0) {
    cfmakeraw(&modes);
    tcsetattr(fd, TCSANOW, &modes);
  }
  return fd;
}

static char* read_whole(const char* path, size_t* length) {
  static char bytes[1 << 20];
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t got;
  *length = 0;
  if (fd < 0) return NULL;
  while ((got = read(fd, bytes + *length, sizeof bytes - 1 - *length)) > 0) *length += (size_t)got;
  close(fd);
  bytes[*length] = 0;
  char* copy = malloc(*length + 1);
  if (copy) memcpy(copy, bytes, *length + 1);
  return copy;
}

static bool write_text(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  const bool good = fd >= 0 && write(fd, text, strlen(text)) >= 0;
  if (fd >= 0) close(fd);
  return good;
}

static void mount_on(const char* type, const char* target, const char* options) {
  must(mount(type, target, type, 0, options) == 0, target);
}

/* Debian's user-mode kernel has overlayfs as a module. */
static void load_overlay(void) {
  struct utsname self;
  char path[512];
  uname(&self);
  snprintf(path, sizeof path, "/usr/lib/uml/modules/%s/kernel/fs/overlayfs/overlay.ko", self.release);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  syscall(SYS_finit_module, fd, "", 0);
  close(fd);
}

/* This machine's tree below, memory above, as the new root. */
static void make_root(void) {
  mkdir("/dev/shm", 0755);
  mount_on("tmpfs", "/dev/shm", "mode=0755,size=80%");
  must(!mkdir("/dev/shm/up", 0755) && !mkdir("/dev/shm/work", 0755) && !mkdir("/dev/shm/root", 0755), "folders");
  mount_on("overlay", "/dev/shm/root", "lowerdir=/,upperdir=/dev/shm/up,workdir=/dev/shm/work");
  must(chdir("/dev/shm/root") == 0, "the new root");
  mount_on("proc", "proc", NULL);
  mount_on("sysfs", "sys", NULL);
  mount_on("devtmpfs", "dev", NULL);
  mkdir("dev/pts", 0755);
  mount_on("devpts", "dev/pts", "newinstance,ptmxmode=0666,mode=0620,gid=5");
  unlink("dev/ptmx");
  must(symlink("pts/ptmx", "dev/ptmx") == 0, "dev/ptmx");
  (void)!symlink("/proc/self/fd", "dev/fd");
  mkdir("dev/shm", 01777);
  mount_on("tmpfs", "dev/shm", "mode=1777");
  mount_on("tmpfs", "run", "mode=0755");
  mount_on("cgroup2", "sys/fs/cgroup", "nsdelegate,memory_recursiveprot");
  must(mount("/dev/shm/root", "/", NULL, MS_MOVE, NULL) == 0 && chroot(".") == 0 && chdir("/") == 0, "moving the root");
}

static void switch_on_controllers(void) {
  size_t length = 0;
  char* names = read_whole(GROUPS "/cgroup.controllers", &length);
  for (char* name = names ? strtok(names, " \n") : NULL; name; name = strtok(NULL, " \n")) {
    char word[64];
    snprintf(word, sizeof word, "+%s", name);
    must(write_text(GROUPS "/cgroup.subtree_control", word), word);
  }
}

static void enter_group(const char* group) {
  char path[512];
  if (*group == 0) return;
  snprintf(path, sizeof path, GROUPS "/%s", group);
  mkdir(path, 0755);
  snprintf(path, sizeof path, GROUPS "/%s/cgroup.procs", group);
  if (!write_text(path, "0")) _exit(125);
}

static void pass_on(int from, int to, struct pollfd* entry) {
  static char bytes[65536];
  const ssize_t got = read(from, bytes, sizeof bytes);
  if (got <= 0) entry->fd = -1;
  for (ssize_t done = 0; done < got;) {
    const ssize_t put = write(to, bytes + done, (size_t)(got - done));
    if (put < 0 && errno != EINTR && errno != EAGAIN) return;
    if (put > 0) done += put;
  }
}

/* Copies both outputs until the command has ended and nobody holds them open. */
static int attend(pid_t command, const int from[2], const int to[2]) {
  struct pollfd entries[2] = {{from[0], POLLIN, 0}, {from[1], POLLIN, 0}};
  int status = 0;
  bool ended = false;
  while (entries[0].fd >= 0 || entries[1].fd >= 0 || !ended) {
    /* Everybody's orphans come here; a stray one may hold an output open for ever. */
    const int ready = poll(entries, 2, 100);
    for (int i = 0; i < 2; ++i) {
      if (entries[i].fd >= 0 && entries[i].revents) pass_on(from[i], to[i], &entries[i]);
    }
    int one;
    for (pid_t pid; (pid = waitpid(-1, &one, WNOHANG)) > 0;) {
      if (pid != command) continue;
      status = one;
      ended = true;
    }
    if (ended && ready == 0) break;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void) {
  static char *argv[MOST], *envp[MOST];
  const char *folder = "/", *group = "", *job_path = NULL;
  size_t length = 0;
  int arguments = 0, variables = 0, out[2], err[2];

  mkdir("/proc", 0755);
  mount("proc", "/proc", "proc", 0, NULL);
  mount("dev", "/dev", "devtmpfs", 0, NULL);
  status_fd = open_output("/dev/tty3");
  const int outputs[2] = {open_output("/dev/tty1"), open_output("/dev/tty2")};
  char* line = read_whole("/proc/cmdline", &length);
  for (char* word = line ? strtok(line, " \n") : NULL; word; word = strtok(NULL, " \n")) {
    if (strncmp(word, "job=", 4) == 0) job_path = word + 4;
  }
  char* job = job_path ? read_whole(job_path, &length) : NULL;
  must(job != NULL, "the job");
  for (char* record = job; record < job + length; record += strlen(record) + 1) {
    if (strncmp(record, "arg=", 4) == 0 && arguments < MOST - 1) argv[arguments++] = record + 4;
    if (strncmp(record, "env=", 4) == 0 && variables < MOST - 1) envp[variables++] = record + 4;
    if (strncmp(record, "cwd=", 4) == 0) folder = record + 4;
    if (strncmp(record, "cgroup=", 7) == 0) group = record + 7;
  }
  load_overlay();
  make_root();
  switch_on_controllers();

  must(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0, "pipes");
  const pid_t command = fork();
  must(command >= 0, "a process");
  if (command == 0) {
    setsid();
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(out[1], 1);
    dup2(err[1], 2);
    enter_group(group);
    if (chdir(folder) != 0) _exit(125);
    execvpe(argv[0], argv, envp);
    _exit(127);
  }
  close(out[1]);
  close(err[1]);
  const int from[2] = {out[0], err[0]};
  const int code = attend(command, from, outputs);
  for (int i = 0; i < 2; ++i) tcdrain(outputs[i]);
  dprintf(status_fd, "exit %d\n", code);
  switch_off();
}
