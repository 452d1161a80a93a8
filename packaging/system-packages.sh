#!/bin/sh
# Makes sure that the system holds what the app needs: system-packages.sh run|test
# Looks for the things themselves, so any distribution will do; installs what is missing with apt where it may,
# and otherwise says what to install and stops.
set -eu

what=${1:-run}
missing=""

need_command() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need_library() {
    for folder in /lib /usr/lib /lib64 /usr/lib64 /usr/local/lib /lib/*-linux-gnu /usr/lib/*-linux-gnu; do
        if [ -e "$folder/$1" ]; then return 0; fi
    done
    missing="$missing $2"
}

if [ "$(uname -s)" != "Linux" ]; then exit 0; fi

# Debian keeps the standard library's means of making a .venv in a package of its own.
${PYTHON:-python3} -c "import ensurepip" 2>/dev/null || missing="$missing python3-venv"
# The language model's engine is compiled on this machine, for this machine's processor.
need_command g++ g++
need_command make make
# Qt's own window system libraries; the offscreen platform needs the first few as well.
need_library libEGL.so.1 libegl1
need_library libGL.so.1 libgl1
need_library libdbus-1.so.3 libdbus-1-3
need_library libfontconfig.so.1 libfontconfig1
need_library libglib-2.0.so.0 libglib2.0-0
need_library libxkbcommon.so.0 libxkbcommon0
need_library libxkbcommon-x11.so.0 libxkbcommon-x11-0
need_library libxcb-cursor.so.0 libxcb-cursor0
need_library libxcb-icccm.so.4 libxcb-icccm4
need_library libxcb-image.so.0 libxcb-image0
need_library libxcb-keysyms.so.1 libxcb-keysyms1
need_library libxcb-randr.so.0 libxcb-randr0
need_library libxcb-render-util.so.0 libxcb-render-util0
need_library libxcb-shape.so.0 libxcb-shape0
need_library libxcb-xinerama.so.0 libxcb-xinerama0
need_command fc-match fontconfig
if command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list 2>/dev/null | head -n 1)" ]; then :; else missing="$missing fonts-dejavu-core"; fi
if [ ! -e /etc/ssl/certs/ca-certificates.crt ] && [ ! -d /etc/pki/tls/certs ]; then missing="$missing ca-certificates"; fi
if [ "$what" = test ]; then
    need_command Xvfb xvfb
    need_command xdotool xdotool
    # Old Office files are read through LibreOffice, where there is one; a part of it is a package of its own.
    for part in sw:writer sc:calc sd:impress; do
        found=""
        for folder in /usr/lib/libreoffice /usr/lib64/libreoffice /opt/libreoffice*; do
            if [ -e "$folder/program/lib${part%%:*}lo.so" ]; then found=yes; fi
        done
        if [ -z "$found" ]; then missing="$missing libreoffice-${part##*:}"; fi
    done
fi

if [ -z "$missing" ]; then exit 0; fi

asroot=""
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then asroot="sudo -n"; else asroot=none; fi
fi
if [ "$asroot" = none ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "These system packages are needed and not here:$missing" >&2
    echo "Please install them (on Debian and Ubuntu:  sudo apt-get install$missing ) and run the same command again." >&2
    exit 1
fi
echo "Installing system packages:$missing"
$asroot apt-get update -qq
# shellcheck disable=SC2086
$asroot env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
