# What deploy/up, deploy/down and tests/run share. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() { printf 'paddock: %s\n' "$*" >&2; exit 1; }

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else
    command -v sudo >/dev/null || fail "installing packages needs root: run this as root, or install sudo"
    sudo "$@"
  fi
}

# Prints the packages of packages.txt for the given purposes that are not installed. A command that is
# there already (say, another node) counts as its package.
missing_packages() {
  local purpose name
  while read -r purpose name; do
    case " $* " in *" $purpose "*) ;; *) continue ;; esac
    case "$name" in nodejs) command -v node >/dev/null && continue ;; npm|g++|cmake|git|curl|python3) command -v "$name" >/dev/null && continue ;; esac
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done < <(grep -v '^#' "$root/deploy/packages.txt")
}

# Installs what is missing for the given purposes; touches the network only then.
install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  say "installing Debian packages:" $missing
  as_root apt-get update -qq || fail "apt-get update failed; nothing was installed"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    fail "apt-get could not install: $missing"
}

# configure_and_build PRESET [CMAKE OPTIONS...]
configure_and_build() {
  local preset=$1; shift
  (cd "$root" && cmake --preset "$preset" "$@" >"$root/build/$preset.configure.log" 2>&1) ||
    { tail -30 "$root/build/$preset.configure.log" >&2; return 1; }
  (cd "$root" && cmake --build --preset "$preset")
}
