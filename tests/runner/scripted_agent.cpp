// An agent for tests: carries out the words of its command line one after the other.
//
//   say TEXT            TEXT and a newline to standard output
//   err TEXT            the same to standard error
//   lines N             N lines "line 1" .. "line N"
//   bytes N             N times the letter x, then a newline
//   raw HEX             these bytes
//   read                waits for one line of input and says "read: LINE"
//   drain               reads input to its end
//   wait                waits for ever
//   ignore SIGNO        ignores a signal
//   stray               starts a process that ignores everything, leaves this session, and holds the output
//   quiet-stray         the same, but it closes the output
//   truth FILE TEXT     appends TEXT to FILE
//   memory BYTES        touches that much memory
//   exit CODE           ends
//   die SIGNO           ends by that signal
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

void put(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t put = ::write(fd, text.data() + done, text.size() - done);
    if (put < 0) std::_Exit(99);
    done += std::size_t(put);
  }
}

std::string read_line() {
  std::string line;
  char byte = 0;
  while (::read(0, &byte, 1) == 1 && byte != '\n') line += byte;
  return line;
}

void wait_for_ever() {
  for (;;) ::pause();
}

void stray(bool holds_output) {
  if (::fork() != 0) return;
  ::setsid();
  if (::fork() != 0) std::_Exit(0);
  for (int signo = 1; signo < NSIG; ++signo) (void)std::signal(signo, SIG_IGN);
  if (!holds_output) {
    const int null = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
  }
  wait_for_ever();
}

void lines(long count) {
  std::string text;
  for (long i = 1; i <= count; ++i) {
    text += "line " + std::to_string(i) + "\n";
    if (text.size() > 32768 || i == count) {
      put(1, text);
      text.clear();
    }
  }
}

std::string from_hex(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += char(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}

void append(const std::string& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  put(fd, text + "\n");
  ::close(fd);
}

void touch(std::size_t bytes) {
  for (std::size_t done = 0; done < bytes; done += 1U << 20U) {
    void* memory = std::malloc(1U << 20U);
    std::memset(memory, 1, 1U << 20U);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  std::size_t at = 0;
  const auto next = [&words, &at] { return at < words.size() ? words[at++] : std::string(); };
  while (at < words.size()) {
    const std::string word = next();
    if (word == "say")
      put(1, next() + "\n");
    else if (word == "err")
      put(2, next() + "\n");
    else if (word == "lines")
      lines(std::stol(next()));
    else if (word == "bytes")
      put(1, std::string(std::stoul(next()), 'x') + "\n");
    else if (word == "raw")
      put(1, from_hex(next()));
    else if (word == "read")
      put(1, "read: " + read_line() + "\n");
    else if (word == "drain") {
      char chunk[4096];
      while (::read(0, chunk, sizeof chunk) > 0) {
      }
    } else if (word == "wait")
      wait_for_ever();
    else if (word == "ignore")
      (void)std::signal(std::stoi(next()), SIG_IGN);
    else if (word == "stray")
      stray(true);
    else if (word == "quiet-stray")
      stray(false);
    else if (word == "truth") {
      const std::string file = next();
      append(file, next());
    } else if (word == "memory")
      touch(std::stoul(next()));
    else if (word == "exit")
      return std::stoi(next());
    else if (word == "die") {
      (void)std::signal(std::stoi(words[at]), SIG_DFL);
      ::raise(std::stoi(next()));
    }
  }
  return 0;
}
