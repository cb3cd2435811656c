#!/usr/bin/env bash
# Install the Debian packages that a target needs, and start nothing.
#
#   scripts/install_system.sh demo    what `make demo` needs
#   scripts/install_system.sh test    what `make test` needs in addition
#
# Debian's packages would start an open Orthanc on 8042/4242 and a PostgreSQL cluster. Both are prevented: services may
# not start while apt runs (policy-rc.d), an Orthanc that this script brings is masked, and no cluster is created. What
# the administrator had before is put back on every way out. An Orthanc that was there already is left as it is.
set -euo pipefail

readonly POLICY=/usr/sbin/policy-rc.d
readonly POLICY_SAVED=/usr/sbin/policy-rc.d.before-doseledger
readonly POLICY_MARK='# written by DoseLedger while it installs packages'
readonly NO_CLUSTER=/etc/postgresql-common/createcluster.d/doseledger.conf
readonly ORTHANC_UNIT=/etc/systemd/system/orthanc.service
readonly NEEDED_KB=1500000 # chromium is the largest, about 400 MB unpacked, and apt keeps the archives until it is done

readonly DEMO_PACKAGES=(orthanc orthanc-python orthanc-dicomweb dcmtk util-linux ca-certificates)
# libatomic1 is for the driver that steers Chromium.
readonly TEST_PACKAGES=(debootstrap postgresql-15 slapd dicom3tools pixelmed-apps chromium libatomic1 git)

say() { printf '[system] %s\n' "$*"; }
die() {
    printf '[system] %s\n' "$*" >&2
    exit 1
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# A Python that brings its own ensurepip needs no package; Debian keeps that module in one of its own.
python_packages() {
    if python="$(scripts/find_python.sh 2>/dev/null)"; then
        "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    else
        echo python3-venv
    fi
}

missing_packages() {
    local package
    for package in "$@"; do
        is_installed "$package" || printf '%s\n' "$package"
    done
}

forbid_starts() {
    if [ -e "$POLICY" ] && ! grep -qF "$POLICY_MARK" "$POLICY"; then
        mv "$POLICY" "$POLICY_SAVED"
    fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
    chmod 755 "$POLICY"
}

restore() {
    if [ -e "$POLICY" ] && grep -qF "$POLICY_MARK" "$POLICY"; then
        rm -f "$POLICY"
    fi
    if [ -e "$POLICY_SAVED" ]; then
        mv "$POLICY_SAVED" "$POLICY"
    fi
    rm -f "$NO_CLUSTER" "$apt_log"
}

mask_orthanc() {
    if [ -d /run/systemd/system ]; then
        systemctl mask orthanc.service >/dev/null 2>&1
    else
        mkdir -p "$(dirname "$ORTHANC_UNIT")"
        ln -sfn /dev/null "$ORTHANC_UNIT"
    fi
    say 'Orthanc as a system service is masked; "systemctl unmask orthanc" undoes it'
}

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" 2>&1 |
        tee -a "$apt_log" | sed -u -n -E '/^(Get:|Err:|Setting up|E:|W:|dpkg: error)/ s/^/[system]   /p'
}

apt_failed() {
    if grep -qi 'no space left' "$apt_log"; then
        die 'The disk is full: make room, then run the same command again.'
    elif grep -qiE 'could not resolve|temporary failure|failed to fetch|unable to connect|connection (failed|refused|timed)' "$apt_log"; then
        die 'apt cannot reach its package source: check the network or the proxy, then run the same command again.'
    elif grep -qi 'unable to locate package\|has no installation candidate' "$apt_log"; then
        die "apt does not know one of: $*. DoseLedger is built for Debian 12; elsewhere use docker/compose.yaml."
    fi
    tail -n 20 "$apt_log" >&2
    die "apt could not install: $*. Its own words stand above."
}

install_missing() {
    local free_kb
    free_kb="$(df -Pk /usr /var | awk 'NR > 1 && (least == "" || $4 < least) { least = $4 } END { print least }')"
    [ "$free_kb" -ge "$NEEDED_KB" ] || die "The disk is too full: $((free_kb / 1024)) MB are free, $((NEEDED_KB / 1024)) MB are needed."

    apt_log="$(mktemp)"
    trap restore EXIT
    trap 'exit 130' INT TERM HUP
    forbid_starts

    say 'reading the package lists'
    apt update || apt_failed "$@"
    if grep -qiE '^(W|E): (failed to fetch|some index files failed)' "$apt_log"; then
        say 'some package lists could not be read; trying all the same'
    fi
    case " $* " in *' orthanc '*) mask_orthanc ;; esac
    case " $* " in *' postgresql-15 '*)
        # Its helper comes first and alone, so that it can be told to make no cluster.
        apt install --no-install-recommends postgresql-common || apt_failed "$@"
        mkdir -p "$(dirname "$NO_CLUSTER")"
        printf '%s\ncreate_main_cluster = false\n' "$POLICY_MARK" >"$NO_CLUSTER"
        ;;
    esac
    say "installing: $*"
    apt install --no-install-recommends "$@" || apt_failed "$@"
    case " $* " in *' orthanc '*) update-rc.d orthanc disable >/dev/null 2>&1 || true ;; esac # where init is not systemd
    say 'all packages are there; nothing was started'
}

main() {
    local wanted=("${DEMO_PACKAGES[@]}") missing
    case "${1:-}" in
    demo) ;;
    test) wanted+=("${TEST_PACKAGES[@]}") ;;
    *) die 'Say which: scripts/install_system.sh demo|test' ;;
    esac
    cd "$(dirname "$0")/.."

    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
        die 'There is no apt here. DoseLedger installs itself on Debian 12; elsewhere use docker/compose.yaml.'
    mapfile -t missing < <(
        missing_packages "${wanted[@]}"
        python_packages
    )
    [ "${#missing[@]}" -gt 0 ] || return 0

    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "Installing ${missing[*]} needs root: run as root, or install sudo."
        if ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && sudo -v; }; then
            die "Installing ${missing[*]} needs root, and sudo does not let this account: run as root, or ask for sudo."
        fi
        # sudo drops the environment: PATH and PYTHON find the same Python again, the proxy is how apt gets out.
        exec sudo env PATH="$PATH" ${PYTHON:+PYTHON="$PYTHON"} ${http_proxy:+http_proxy="$http_proxy"} \
            ${https_proxy:+https_proxy="$https_proxy"} "$(pwd)/scripts/install_system.sh" "$1"
    fi
    install_missing "${missing[@]}"
}

main "$@"
