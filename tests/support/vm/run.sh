#!/bin/bash
# run.sh [--cgroup=NAME] [--timeout=SECONDS] COMMAND [ARGUMENT...]
#
# Runs a command as root in a throw-away user-mode Linux kernel whose cgroup v2 tree has every
# controller switched on, for machines whose own cgroups are v1 or hybrid. The guest sees this
# machine's files copy-on-write: nothing it does stays. Needs no root, no image and no KVM, only the
# Debian packages user-mode-linux, gcc and libc6-dev.
#
#   --cgroup=NAME    start the command in that group instead of the root, as a service manager would
#   --timeout=N      give up after so many seconds (default 120)
#
# Both outputs appear here; the exit status is the command's, 128+N for signal N, 124 after a
# time-out, 125 when the kernel did not come up, 77 when what it needs is not installed.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
group=
limit=120
while (($#)); do
  case $1 in
    --cgroup=*) group=${1#*=}; shift ;;
    --timeout=*) limit=${1#*=}; shift ;;
    --) shift; break ;;
    -*) echo "run.sh: unknown option '$1'" >&2; exit 125 ;;
    *) break ;;
  esac
done
(($#)) || { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 125; }
for tool in linux.uml cc timeout; do
  command -v "$tool" >/dev/null || { echo "skipped: '$tool' is not installed (user-mode-linux, gcc)"; exit 77; }
done

work=$(mktemp -d) || exit 125
trap 'rm -rf "$work"' EXIT
cc -O1 -static -o "$work/init" "$here/init.c" || { echo "skipped: init.c cannot be built (libc6-dev)"; exit 77; }
{
  printf 'cwd=%s\0cgroup=%s\0' "$PWD" "$group"
  env -0 | sed -z 's/^/env=/'
  printf 'arg=%s\0' "$@"
} >"$work/job"
: >"$work/status"

# The guest's memory is a sparse file and must be executable; not every /dev/shm allows that.
memory=/dev/shm
case $(findmnt -no OPTIONS -T "$memory" 2>/dev/null) in *noexec*) memory=$work ;; esac

# Terminals of the guest are descriptors of ours: 1 the kernel's words, 7 and 8 the command's outputs,
# 9 what became of it.
TMPDIR=$memory timeout --signal=KILL "$limit" linux.uml mem=1G root=/dev/root rootfstype=hostfs rootflags=/ ro quiet \
  panic=1 "uml_dir=$work/" "init=$work/init" "job=$work/job" \
  con=null con0=null,fd:1 con1=null,fd:7 con2=null,fd:8 con3=null,fd:9 \
  </dev/null 7>&1 8>&2 9>"$work/status" >"$work/boot" 2>&1
ended=$?
code=$(sed -n 's/^exit \([0-9]*\).*/\1/p' "$work/status")
[ -n "$code" ] && exit "$code"
[ "$ended" = 137 ] || [ "$ended" = 124 ] && { echo "run.sh: no end after $limit s" >&2; exit 124; }
echo "run.sh: the kernel ended without a status:" >&2
cat "$work/status" >&2
tail -n 20 "$work/boot" >&2
exit 125
