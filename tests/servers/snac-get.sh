#!/usr/bin/env bash
# Fetches snac, a small server with Mastodon's interface, into a folder without installing it: the package of Debian's release
# `trixie`, from the mirror this machine uses and checked against Debian's keys, for machines whose own release lacks it.
# `snac-get.sh FOLDER`
set -euo pipefail
folder=$1
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,parts}
own=$(. /etc/os-release; echo "${VERSION_CODENAME:-}")
[ -n "$own" ] || { echo "no Debian"; exit 1; }

# this machine's own lists, with the other release in them
for list in /etc/apt/sources.list.d/*.sources; do
    [ -e "$list" ] || continue
    awk -v own="$own" 'BEGIN { RS = ""; ORS = "\n\n" } $0 ~ "Suites:([^\n]* )?" own "( |\n|$)"' "$list" \
        | sed -E 's/^Suites:.*/Suites: trixie/; s/^Types:.*/Types: deb/; s/^Components:.*/Components: main/' >"$work/parts/$(basename "$list")"
done
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$list" ] || continue
    sed -nE "s/^(deb +(\[[^]]*\] +)?[^ ]+) +$own +.*/\1 trixie main/p" "$list" >"$work/parts/$(basename "$list" .list).list"
done
find "$work/parts" -type f -size -2c -delete

quiet=(-qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts" -o "Dir::State::lists=$work/lists"
    -o "Dir::Cache=$work/cache" -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o Acquire::http::Timeout=20 -o Acquire::Retries=1 -o APT::Sandbox::User=root)
cd "$work"
timeout 180 apt-get "${quiet[@]}" update
timeout 60 apt-get "${quiet[@]}" download snac2
dpkg -x snac2_*.deb "$work/snac"
ldd "$work/snac/usr/bin/snac" | grep -q 'not found' && { echo "its libraries are not here"; exit 1; }
mkdir -p "$(dirname "$folder")"; rm -rf "$folder"; mv "$work/snac" "$folder"
