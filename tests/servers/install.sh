#!/bin/bash
# install.sh CACHE: the real servers, clients and shells of the tests, from Debian's packages; needs root, and does nothing when CACHE is up to date.
# Cyrus and Courier conflict with Dovecot as packages, so they are unpacked under CACHE instead; only the libraries they use are installed.
set -eu
cache=$1
installed="dovecot-imapd mailutils-imap4d libnss-wrapper curl isync mutt tmux openssl
  sasl2-bin libsasl2-modules libical3 libclamav12 libpcre3 libxapian30 libzephyr4 libwrap0 libpq5 libjansson4 libicu72
  microsocks dante-server tinyproxy-bin
  dovecot-gssapi krb5-kdc krb5-admin-server krb5-user libkrb5-dev
  courier-authdaemon courier-authlib-userdb courier-base gamin libcourier-unicode4 libidn12
  zsh fish man-db chromium tshark"
unpacked="cyrus/cyrus-common cyrus/cyrus-imapd courier/courier-imap"

stamp=$cache/$(echo "$installed $unpacked" | sha256sum | cut -c1-16).installed
[ -e "$stamp" ] && exit 0
mkdir -p "$cache/debs"
chmod 755 "$cache"
log=$cache/install.log

install() {
    for package in $unpacked; do
        (cd "$cache/debs" && apt-get download "${package#*/}") || return
        dpkg-deb -x "$cache/debs/${package#*/}"_*.deb "$cache/${package%/*}" || return
    done
    echo "wireshark-common wireshark-common/install-setuid boolean false" | debconf-set-selections
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $installed
}

echo "installing the servers the tests talk to (log: $log)"
rm -f "$cache"/debs/*.deb
if ! { install || { apt-get update && install; }; } < /dev/null > "$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "the servers could not be installed; the tests that need them say which is missing" >&2
    exit 1
fi
touch "$stamp"
