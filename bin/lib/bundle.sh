# Sourced by bin/reproduce after build.sh: everything that a run needs, in one file.

# write_bundle FILE DEVICE: the project and what was built and fetched for it. Unpacked anywhere (tar xf FILE), bin/reproduce of it runs
# without a network; the node needs Java of the same major version and nothing else.
write_bundle() {
    local file=$1 name=equirepro other=(--exclude=./java-tools/dist/native/cpu-2.5.1)     # a libtorch that only tests use
    [ "$2" = gpu ] || other+=(--exclude=./java-tools/dist/native/cu124)
    [ ! -d "$file" ] || stop "--bundle: $file is a folder; name a file" 2
    mkdir -p "$(dirname "$file")" && [ -w "$(dirname "$file")" ] || stop "--bundle: $file cannot be written"
    # what is built, with links followed: a site may have linked its libtorch; classes of the build are in its jars
    if ! tar cf "$file.part" -h -C "$repo" --transform "s|^\.|$name|" --exclude-vcs "${other[@]}" --exclude=./work --exclude=./store --exclude='./results' \
            --exclude='./.nextflow*' --exclude='./java-tools/*/target' --exclude='./java-tools/dist/.new' --exclude="./${file##*/}*" .; then
        rm -f "$file.part"
        stop "--bundle: $file could not be written; is there room for $(du -shL "$dist" | cut -f1)?"
    fi
    mv "$file.part" "$file"
    echo "reproduce: $file ($(du -h "$file" | cut -f1)); elsewhere: tar xf ${file##*/} && $name/bin/reproduce ..."
}
