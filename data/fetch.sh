#!/bin/sh
# Downloads MNIST's four files into this folder, or into the one that is named:
#
#     sh data/fetch.sh [FOLDER]
#
# Needs curl or wget, gzip, and sha256sum or shasum. A file that is already there and right is left alone. What is
# checked is what a file unpacks to, because copies exist that differ only in how they were packed.
set -u

mirrors="https://ossci-datasets.s3.amazonaws.com/mnist
https://storage.googleapis.com/cvdf-datasets/mnist"

# SHA-256 of the unpacked file, then the file's name.
files="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db train-images-idx3-ubyte.gz
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5 train-labels-idx1-ubyte.gz
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7 t10k-images-idx3-ubyte.gz
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2 t10k-labels-idx1-ubyte.gz"

fail() {
    echo "fetch.sh: $*" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

if has curl; then
    download() {
        curl --fail --silent --show-error --location --connect-timeout 20 --output "$2" "$1"
    }
elif has wget; then
    download() {
        wget --no-verbose --timeout=20 --tries=2 --output-document="$2" "$1"
    }
else
    fail "needs curl or wget"
fi

if has sha256sum; then
    sha256() { sha256sum; }
elif has shasum; then
    sha256() { shasum -a 256; }
else
    fail "needs sha256sum or shasum"
fi

has gzip || fail "needs gzip"

# is_right FILE CHECKSUM
is_right() {
    found=$(gzip -dc <"$1" 2>/dev/null | sha256)
    test "${found%% *}" = "$2"
}

# fetch NAME CHECKSUM: from the first mirror that has the right file, which gets its name only when it is whole.
fetch() {
    for mirror in $mirrors; do
        echo "$1: from $mirror"
        if ! download "$mirror/$1" "$part"; then
            echo "$1: could not be downloaded from $mirror" >&2
        elif ! is_right "$part" "$2"; then
            echo "$1: what $mirror sent has a wrong checksum" >&2
        else
            mv "$part" "$folder/$1" || fail "$folder/$1 cannot be written"
            return
        fi
    done
    fail "$1: no mirror had it; data/README.md says which files can be put into $folder by hand"
}

folder=${1:-$(dirname "$0")}
mkdir -p "$folder" || fail "$folder cannot be made"
part="$folder/.fetch.$$"
trap 'rm -f "$part"' EXIT
trap 'exit 1' HUP INT TERM

while read -r checksum name; do
    if test -f "$folder/$name" && is_right "$folder/$name" "$checksum"; then
        echo "$name: already there"
    else
        fetch "$name" "$checksum"
    fi
done <<END
$files
END
echo "MNIST is in $folder"
