#!/bin/bash
# Makes this checkout ready to run. `setup.sh` brings what the product needs, `setup.sh browser` what the
# tests in a real browser need besides. Safe to repeat: it only does what is missing. `make` calls it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly VENV=.venv
readonly PART=${1:-product}
step_number=0

step() { # step TITLE: announce the next step, with the seconds since the start
  step_number=$((step_number + 1))
  printf '[%d/%d] %3d s  %s\n' "$step_number" "$step_count" "$SECONDS" "$1"
}

refuse() { # refuse WHAT CURE: say what could not be done and how to put it right, and end
  printf '\nsetup: %s\n       %s\n' "$1" "$2" >&2
  exit 1
}

# ---------------------------------------------------------------- Python

find_python() { # print the first interpreter that is Python 3.11 or later
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3 python3.12 python3.13; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      command -v "$candidate"
      return
    fi
  done
  refuse "no Python 3.11 or later was found." \
    "Install it (Debian 12 or later: apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3.11"
}

# ---------------------------------------------------------------- Debian packages

has_font_for_chinese() { compgen -G '/usr/share/fonts/*/*/NotoSansCJK*' >/dev/null; }
has_library() { /sbin/ldconfig -p 2>/dev/null | grep -F "$1" >/dev/null; }

debian_packages_missing() { # print the names of the Debian packages that this part needs and that are missing
  case $PART in
  product)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    has_library libzbar.so.0 || echo libzbar0
    [ -x /usr/sbin/mosquitto ] || echo mosquitto # the broker that simulated lanes and tests are tried with
    ;;
  browser)
    command -v chromium >/dev/null || echo chromium
    has_font_for_chinese || echo fonts-noto-cjk
    has_library libatomic.so.1 || echo libatomic1 # Playwright's driver is linked with it
    ;;
  esac
}

install_debian_packages() { # install_debian_packages NAME...: through apt, as root
  local as_root=()
  local cure="Install by hand: apt-get install --no-install-recommends $*"
  command -v apt-get >/dev/null || refuse "this machine has no apt-get, and these are missing: $*" \
    "Install what is called so on your system, then run make again."
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || refuse "installing Debian packages needs root, and there is no sudo: $*" "$cure"
    echo "         sudo is needed to install: $*"
    as_root=(sudo)
  fi
  mkdir -p build
  "${as_root[@]}" apt-get update >build/apt.log 2>&1 ||
    echo "         apt-get update failed; trying with the lists that are there"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "$@" >>build/apt.log 2>&1 || {
    tail -n 20 build/apt.log >&2
    refuse "apt-get could not install: $* (its own words are above and in build/apt.log)." "$cure"
  }
}

bring_debian_packages() {
  local missing
  mapfile -t missing < <(debian_packages_missing)
  if [ "${#missing[@]}" -eq 0 ]; then
    echo "         nothing is missing"
    return
  fi
  if [ "${missing[*]}" = libzbar0 ]; then # the decoder chain does without it and says so
    (install_debian_packages libzbar0) || echo "         going on without libzbar0: the camera has one rescue step less"
    return
  fi
  echo "         installing ${missing[*]}"
  install_debian_packages "${missing[@]}"
}

# ---------------------------------------------------------------- Python packages

make_venv() {
  if [ -d $VENV ] && ! $VENV/bin/python -c 'import pip' 2>/dev/null; then
    echo "         $VENV does not work any more (moved, or its Python is gone); making it anew"
    rm -rf $VENV
  fi
  [ -d $VENV ] || "$python" -m venv $VENV
}

show_count() { # show_count TOTAL: turn pip's lines into a count of packages
  awk -v total="$1" '
    /^(Collecting|Processing|Requirement already satisfied:)/ { n++; if (n % 10 == 0 || n == total) { printf "         %d of about %d\n", n, total; fflush() } }
    /^Installing collected packages/ { print "         unpacking"; fflush() }'
}

install_locked_packages() {
  local total
  total=$(grep -c '^[a-z].*==' requirements.lock)
  PYTHONUNBUFFERED=1 $VENV/bin/python -m pip install --disable-pip-version-check --no-input \
    --require-hashes -r requirements.lock | show_count "$total" ||
    refuse "pip could not install the locked packages (its own words are above)." \
      "Check the network, and the index and proxy in your pip configuration; then run make again."
}

install_this_project() {
  $VENV/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ||
    refuse "pip could not install this checkout (its own words are above)." "Correct pyproject.toml; then run make again."
}

# ---------------------------------------------------------------- the steps

main() {
  exec 9<pyproject.toml
  flock 9 # two calls of make at once wait for one another
  python=$(find_python)
  case $PART in
  product)
    step_count=5
    step "Debian packages"
    bring_debian_packages
    step "virtual environment in $VENV, from $python"
    make_venv
    step "locked Python packages"
    install_locked_packages
    step "this project, editable"
    install_this_project
    step "page assets"
    $VENV/bin/python deploy/workstation/page_assets.py
    touch $VENV/.ready
    ;;
  browser)
    step_count=1
    step "Debian packages for tests in a browser"
    bring_debian_packages
    touch $VENV/.ready-browser
    ;;
  *) refuse "unknown part '$PART'." "Say nothing, or: browser" ;;
  esac
  printf 'ready after %d s\n' "$SECONDS"
}

main
