# What Bobbin needs, for setup and doctor: one row per tool. The check prints what it found, or fails.
#
# name            | for                    | apt                      | dnf                         | pacman                | brew
tools='
make              | everything             | make                     | make                        | make                  | make
python3           | running and testing    | python3                  | python3                     | python                | python
riscv64 compiler  | ARCH=riscv64           | g++-riscv64-linux-gnu    | gcc-c++-riscv64-linux-gnu   | riscv64-linux-gnu-gcc | riscv64-elf-gcc
x86_64 compiler   | ARCH=x86_64            | g++                      | gcc-c++                     | gcc                   | x86_64-elf-gcc
riscv64 QEMU      | ARCH=riscv64           | qemu-system-misc         | qemu-system-riscv-core      | qemu-system-riscv     | qemu
riscv64 firmware  | ARCH=riscv64           | opensbi                  | edk2-riscv64                | qemu-system-riscv-firmware | qemu
x86_64 QEMU       | ARCH=x86_64            | qemu-system-x86          | qemu-system-x86-core        | qemu-system-x86       | qemu
gdb               | make debug             | gdb-multiarch            | gdb                         | gdb riscv64-elf-gdb   | gdb
pytest            | make test              | python3-pytest python3-pytest-xdist python3-pexpect | python3-pytest python3-pytest-xdist python3-pexpect | python-pytest python-pytest-xdist python-pexpect | pytest
'
[ "$(uname -sm)" != 'Linux x86_64' ] || tools="$tools
hosted compiler   | ARCH=hosted            | g++                      | gcc-c++                     | gcc                   | -
valgrind          | UNDER=valgrind         | valgrind                 | valgrind                    | valgrind              | -
sanitizers        | UNDER=sanitizers       | g++                      | libasan libubsan            | gcc                   | -
"
llvm_tools='
riscv64 clang     | LLVM=1                 | clang lld llvm           | clang lld llvm              | clang lld llvm        | llvm lld
x86_64 clang      | LLVM=1                 | clang lld llvm           | clang lld llvm              | clang lld llvm        | llvm lld
'
bench_tools=
[ "$(uname -sm)" != 'Linux x86_64' ] || bench_tools='
Google Benchmark  | make bench, native     | libbenchmark-dev         | google-benchmark-devel      | benchmark             | -
Boost.Context     | make bench, native     | libboost-context-dev     | boost-devel                 | boost                 | -
'

first_line() { "$@" 2>/dev/null | sed -n 1p; }
version_of() { command -v "$1" >/dev/null && first_line "$1" --version; }

# A compiler counts if the Makefile can build with it: it knows the flags and where to look.
compiler() {
  cxx=$(make -s -C "$root" compiler "$@" 2>/dev/null) && first_line $cxx --version
}

# The file, which says its version.
library() { file=$($(make -s -C "$root" compiler ARCH=hosted LLVM= 2>/dev/null) -print-file-name="lib$1.so") && case $file in /*) realpath "$file" ;; *) false ;; esac; }

# A gdb counts if it knows the architecture and runs our commands.
debugger() { gdb=$("$root/scripts/find-gdb" "$1") && version_of "$gdb"; }

# The first Python that can run the tests, which need not be the first on PATH.
test_python() {
  for python in python3 /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3; do
    "$python" -c 'import pytest, pexpect, xdist' 2>/dev/null && echo "$python" && return
  done
  return 1
}

check() {
  case $1 in
    make)               version_of make ;;
    python3)            version_of python3 ;;
    'riscv64 compiler') compiler ARCH=riscv64 LLVM= ;;
    'x86_64 compiler')  compiler ARCH=x86_64 LLVM= ;;
    'hosted compiler')  compiler ARCH=hosted LLVM= ;;
    valgrind)           version_of valgrind ;;
    sanitizers)         compiler ARCH=hosted LLVM= UNDER=sanitizers ;;
    'riscv64 clang')    compiler ARCH=riscv64 LLVM=1 && command -v llvm-ar >/dev/null ;;
    'x86_64 clang')     compiler ARCH=x86_64 LLVM=1 && command -v llvm-ar >/dev/null ;;
    'riscv64 QEMU')     version_of qemu-system-riscv64 ;;
    'x86_64 QEMU')      version_of qemu-system-x86_64 ;;
    'riscv64 firmware') find /usr/share/qemu /usr/share/opensbi /usr/local/share/qemu /opt/homebrew/share/qemu \
                          -name '*fw_dynamic.bin' 2>/dev/null | grep -m1 . ;;
    'Google Benchmark') library benchmark ;;
    Boost.Context)      library boost_context ;;
    gdb)                debugger riscv64 >/dev/null && debugger x86_64 ;;
    pytest)             test_python ;;
  esac
}

# Which package manager there is, and how it installs.
if   command -v apt-get >/dev/null; then manager=apt    column=3 install='apt-get install -y --no-install-recommends'
elif command -v dnf     >/dev/null; then manager=dnf    column=4 install='dnf install -y'
elif command -v pacman  >/dev/null; then manager=pacman column=5 install='pacman -S --needed --noconfirm'
elif command -v brew    >/dev/null; then manager=brew   column=6 install='brew install'
else manager= column=3 install=
fi

as_root=
[ "$manager" = brew ] || [ "$(id -u)" = 0 ] || as_root='sudo '

# Calls `$1 name purpose packages` for each row of stdin.
each_tool() {
  while IFS= read -r row; do
    [ -z "$row" ] || "$1" "$(field 1 "$row")" "$(field 2 "$row")" "$(field $column "$row")"
  done
}

field() { echo "$2" | cut -d'|' -f"$1" | sed 's/^ *//; s/ *$//'; }
