# What `quickstart` and `test` share. To be sourced.

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$(basename "$0"): $*"
    exit 1
}

# Whether packages of the system can be installed without asking anybody.
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# install_packages PACKAGE...: as programs, not as services of this machine. Debian starts what it installs, unless it is
# told not to.
install_packages() {
    say "installing $* with apt-get"
    (
        log=$(mktemp) || exit 1
        policy='' child=''
        trap '[ -z "$child" ] || { kill "$child"; wait "$child"; } || true; rm -f "$log" "$policy"' EXIT
        trap 'exit 1' INT TERM
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            policy=/usr/sbin/policy-rc.d
            printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" || exit 1
        fi
        # A signal is heard while a shell waits, not while it runs a command.
        run() {
            local status=0
            DEBIAN_FRONTEND=noninteractive timeout --kill-after=30 900 apt-get -y -qq "$@" >>"$log" 2>&1 </dev/null &
            child=$!
            wait "$child" || status=$?
            child=''
            return "$status"
        }
        if ! run install --no-install-recommends "$@" &&
            ! { run update && run install --no-install-recommends "$@"; }; then
            tail -n 40 "$log" >&2
            say "$(basename "$0"): apt-get could not install $*"
            exit 1
        fi
    ) || exit 1
}

need_rust() {
    if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
        PATH="$HOME/.cargo/bin:$PATH"
    fi
    command -v cargo >/dev/null || die "cargo is missing; install Rust from https://rustup.rs"
    # SQLite is compiled from its C source.
    if ! command -v cc >/dev/null; then
        can_install || die "a C compiler is missing; install one, such as Debian's \`build-essential\`"
        install_packages build-essential
    fi
}

# need_directory: OpenLDAP, of which the tests start servers of their own, and what makes certificates for them.
need_directory() {
    if [ -x /usr/sbin/slapd ] && command -v ldapadd >/dev/null && command -v openssl >/dev/null; then
        return
    fi
    can_install || die "OpenLDAP is missing; install Debian's \`slapd\`, \`ldap-utils\` and \`openssl\`"
    install_packages slapd ldap-utils openssl
}

# need_postgres: PostgreSQL and PgBouncer, of which the tests start servers of their own. Debian would make a cluster for the
# machine as well: it is told not to, where nobody has said otherwise.
need_postgres() {
    local common=/etc/postgresql-common/createcluster.conf
    if [ -n "$(postgres_folder)" ] && [ -x /usr/sbin/pgbouncer ]; then
        return
    fi
    can_install || die "PostgreSQL is missing; install Debian's \`postgresql\` and \`pgbouncer\`"
    if [ ! -e "$common" ]; then
        mkdir -p "${common%/*}"
        printf 'create_main_cluster = false\n' >"$common"
    fi
    install_packages postgresql pgbouncer
}

# postgres_folder: where the programs of the newest PostgreSQL are; nothing if there is none.
postgres_folder() {
    local folder newest=''
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && newest=$folder
    done
    printf '%s' "$newest"
}

# need_domain_controller: Samba, of which the tests start a domain controller. Its ports are fixed, and only root has them.
need_domain_controller() {
    [ "$(id -u)" = 0 ] || die "the tests against Active Directory take root; run them in a container"
    if command -v samba >/dev/null && samba-tool --version >/dev/null 2>&1 &&
        ls /usr/lib/*/samba/vfs/acl_xattr.so /usr/share/samba/setup/provision.ldif >/dev/null 2>&1; then
        return
    fi
    can_install || die "Samba is missing; install Debian's \`samba\` with what a domain controller needs"
    install_packages samba samba-ad-provision samba-dsdb-modules samba-vfs-modules python3-samba
}

# make_venv FOLDER REQUIREMENTS [MINOR]: a virtual environment of Python 3.MINOR or later with what REQUIREMENTS lists; at
# once if it has that already.
make_venv() {
    local folder=$1 requirements=$2 minor=${3:-10} stamp
    stamp="$folder/installed-$(printf %s "$requirements" | tr -c 'a-zA-Z0-9\n' -)"
    if [ -x "$folder/bin/python" ] && cmp -s "$requirements" "$stamp"; then
        return
    fi
    if [ ! -x "$folder/bin/python" ] || ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
        new_venv "$folder" "$minor"
    fi
    say "installing what $requirements lists into $folder; the first time this takes some minutes"
    if ! "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2; then
        die "pip could not install what $requirements lists"
    fi
    cp "$requirements" "$stamp"
}

# new_venv FOLDER MINOR
new_venv() {
    local folder=$1 minor=$2
    if ! command -v python3 >/dev/null; then
        can_install || die "python3 is missing; version 3.$minor or later is needed"
        install_packages python3 python3-venv
    fi
    python3 -c 'import sys; sys.exit(sys.version_info < (3, int(sys.argv[1])))' "$minor" ||
        die "python3 is $(python3 --version 2>&1); version 3.$minor or later is needed"
    rm -rf "$folder"
    if ! python3 -m venv "$folder" >/dev/null 2>&1; then
        can_install || die "python3 cannot make a virtual environment; install Debian's \`python3-venv\`"
        install_packages python3-venv
        rm -rf "$folder"
        python3 -m venv "$folder" >&2 || die "python3 cannot make a virtual environment in $folder"
    fi
}

# make_modules FOLDER PACKAGE: the packages of Node.js that PACKAGE, a package.json, names; at once if FOLDER has them.
make_modules() {
    local folder=$1 package=$2
    if ! command -v npm >/dev/null; then
        can_install || die "node is missing; the tests need version 20 or later, with npm"
        install_packages nodejs npm ca-certificates
    fi
    node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' ||
        die "node is $(node --version 2>&1); the tests need version 20 or later"
    if cmp -s "$package" "$folder/installed.json"; then
        return
    fi
    say "installing what $package names into $folder"
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$package" "$folder/package.json"
    npm install --prefix "$folder" --no-package-lock --no-audit --no-fund --silent >&2 ||
        die "npm could not install what $package names"
    cp "$package" "$folder/installed.json"
}

# need_nginx: NGINX, of which the tests start servers of their own.
need_nginx() {
    if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then
        return
    fi
    can_install || die "nginx is missing; install Debian's \`nginx-light\`"
    install_packages nginx-light
}

# need_browser: a Chromium, and the program that drives it.
need_browser() {
    if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
        can_install || die "chromium or chromedriver is missing; install Debian's \`chromium\` and \`chromium-driver\`"
        install_packages chromium chromium-driver
    fi
}

# target_folder PYTHON: where cargo puts what it builds.
target_folder() {
    cargo metadata --format-version 1 --no-deps --quiet |
        "$1" -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])'
}
