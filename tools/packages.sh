#!/usr/bin/env bash
# Installs the Debian packages that the full test suite asks second opinions of. Needs root, or does nothing but say so.
set -euo pipefail
# Java runs its relying party from source (tests/oracle/java). For logins by TLS with the card: curl and nginx; xvfb and xdotool, since Chromium takes the PIN in a window of its own alone.
packages=(chromium curl fonts-ipaexfont gnutls-bin libengine-pkcs11-openssl libnss3-tools nginx opensc
  openjdk-17-jdk-headless opensc-pkcs11 openssh-client openssl pcscd poppler-utils postgresql python3-pykcs11 python3-pyscard qpdf softhsm2
  vsmartcard-vpcd xdotool xvfb)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "These Debian packages are missing, and tests that need them will be skipped: ${missing[*]}"
  echo "Install them with: sudo apt-get install --no-install-recommends ${missing[*]}"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# The suite starts PostgreSQL itself, on a private port and folder: no cluster of the system's is wanted.
mkdir -p /etc/postgresql-common && [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
# Nor any other service: the suite starts what it needs in networks of its own, and nginx would listen on every address.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
case " ${missing[*]} " in *" nginx "*) update-rc.d nginx disable ;; esac
