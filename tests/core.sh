#!/bin/bash
# core.sh VENV CORE: builds the compiled core for the tests, in a copy of the checkout, for it would hide changed sources.
# CORE becomes an environment that has the packages of VENV too, and CORE/checkout is the copy.  It is built again if a
# source changed.  Ends with 3, and says why, if there is no C compiler.
set -eu
venv=$(realpath "$1") core=$2 tree=$2/checkout

missing() {
    "$venv/bin/python" - << END
import os, shutil, sysconfig
compiler, header = (sysconfig.get_config_var("CC") or "cc").split()[0], os.path.join(sysconfig.get_path("include"), "Python.h")
print(*["compiler"] * (not shutil.which(compiler)), *["header"] * (not os.path.exists(header)))
END
}

install() {
    local packages="gcc libc6-dev"
    [ "$1" = compiler ] || packages="$packages python3-dev"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
}

lacking=$(missing)
if [ -n "$lacking" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "installing a C compiler"
    { install "$lacking" || { apt-get update && install "$lacking"; }; } < /dev/null > "$core.log" 2>&1 || tail -n 5 "$core.log" >&2
    lacking=$(missing)
fi
if [ -n "$lacking" ]; then
    echo "the core is not compiled, because there is no C compiler, or Python's headers are not installed"
    exit 3
fi

if [ "$(cat "$core/made-from" 2> /dev/null)" != "$(cat "$venv/made-from")" ]; then
    rm -rf "$core"
    "$venv/bin/python" -m venv --without-pip "$core"
    packages="import sysconfig; print(sysconfig.get_path('purelib'))"
    "$venv/bin/python" -c "$packages" > "$("$core/bin/python" -c "$packages")/tests.pth"
    mkdir "$tree"
fi
find "$tree" -type f ! -path "$tree/build/*" ! -name '*.so' -delete
tar -c --exclude='./.[a-z]*' --exclude=./build --exclude=__pycache__ --exclude='*.so' . | tar -x -C "$tree"
wanted=$( { find imapsh -name '*.py' | sort | xargs cat pyproject.toml; } | sha256sum)
[ "$(cat "$core/built-from" 2> /dev/null)" != "$wanted" ] || exit 0
echo "compiling the core"
find "$tree" -name "*.so" ! -path "$tree/build/*" -delete
if ! IMAPSH_COMPILE=1 "$venv/bin/python" -m pip --python "$core/bin/python" \
    install --no-deps --no-build-isolation --editable "$tree" > "$core.log" 2>&1; then
    tail -n 30 "$core.log" >&2
    echo "the core could not be compiled; the whole log is in $core.log" >&2
    exit 1
fi
cp "$venv/made-from" "$core/made-from"
echo "$wanted" > "$core/built-from"
