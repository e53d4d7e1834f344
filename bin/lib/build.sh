# Sourced by bin/reproduce, bin/verify and bin/bench after java.sh and tools.sh: builds java-tools into java-tools/dist, once for a state of
# the sources.
#   dist/lib  dist/parity  dist/nextflow/lib  dist/fingerprints[-gpu].properties  dist/classes.jsa  dist/built (written last)
#   dist/native/cpu, and, where it is wanted, dist/native/cu124

tools=$repo/java-tools
dist=$tools/dist
needed_mb=3072
needed_cuda_mb=6400     # the jar and what is unpacked of it

# hash_of FIND-EXPRESSION...: over names and contents of the files found below java-tools.
hash_of() {
    (cd "$tools" && find . \( -name target -o -path ./dist \) -prune -o -type f \( "$@" \) -print0 \
        | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# state_of_build: hash over all that goes into dist, and over Java's major version. The poms' own hash comes second.
state_of_build() {
    echo "$(hash_of -name pom.xml -o -path '*/src/main/*') $(hash_of -name pom.xml) java$java_major"
}

# is_built STATE: whether dist holds what the sources in this state make.
is_built() {
    [ "$(cat "$dist/built" 2>/dev/null)" = "$1" ] && [ -d "$dist/lib" ] && [ -d "$dist/nextflow/lib" ] \
        && [ -e "$dist/native/cpu/libdjl_torch.so" ] && [ -e "$dist/fingerprints-gpu.properties" ]
}

build_if_needed() {
    local state
    state=$(state_of_build)
    ! is_built "$state" || return 0
    mkdir -p "$dist" 2>/dev/null && [ -w "$dist" ] || stop "$dist cannot be written; the build goes there: check its permissions"
    lock
    is_built "$state" || build "$state"
    unlock
}

# tools_if_needed: the jars alone count, whatever became of libtorch.
tools_if_needed() {
    [ "$(cat "$dist/built" 2>/dev/null)" = "$(state_of_build)" ] || build_if_needed
}

# lock, unlock: one process at a time writes dist.
lock() {
    exec 9> "$dist/lock"
    if ! flock -n 9; then
        echo "reproduce: waiting for another build in $dist" >&2
        flock 9
    fi
}

unlock() {
    exec 9>&-
}

# fetch_if_needed SET: dist/native/SET, from Maven Central or the repository that EQUIREPRO_MAVEN_REPOSITORY names.
fetch_if_needed() {
    local folder=$dist/native/$1
    [ ! -d "$folder" ] || return 0
    lock
    if [ ! -d "$folder" ]; then
        check_space "$needed_cuda_mb"
        "$java" -cp "$dist/lib/*" org.equirepro.natives.NativeSets fetch "$1" "$folder" || exit
    fi
    unlock
}

# use_libtorch DIR: a site's own, if it can be used; exports the variables that choose it.
use_libtorch() {
    local found
    [ -d "$1" ] || stop "--libtorch: $1 is no folder" 66
    PYTORCH_LIBRARY_PATH=$(cd "$1" && pwd)
    export PYTORCH_LIBRARY_PATH
    found=$("$repo/bin/equirepro" doctor --identify) || exit
    export PYTORCH_VERSION=${found% *} PYTORCH_FLAVOR=${found#* }
    echo "reproduce: libtorch $found in $PYTORCH_LIBRARY_PATH" >&2
}

build() {
    local state=$1 poms log=$dist/build.log started=$SECONDS new=$dist/.new
    poms=$(cut -d' ' -f2 <<< "$state")
    check_tools
    check_space "$needed_mb"
    export JAVA_HOME=$jdk
    echo "reproduce: building java-tools, log in $log" >&2
    rm -f "$dist/built"
    : > "$log"
    find "$tools" -path "$dist" -prune -o -type d -path '*/target/classes' -prune -exec rm -rf {} +
    # Other poms may name another libtorch: unpack it into an empty folder (unless a site linked its own).
    [ "$(cat "$dist/fetched" 2>/dev/null)" = "$poms" ] || [ -L "$dist/native" ] || rm -rf "$dist"/native/{cpu,cpu-2.5.1,markers}
    # Once these poms were built, all they name is in Maven's local repository.
    if [ "$(cat "$dist/fetched" 2>/dev/null)" = "$poms" ] && run_maven -o -Dmaven.test.skip=true package >> "$log" 2>&1; then
        :
    else
        echo "reproduce: fetching libraries, libtorch (about 110 MB) and Nextflow (31 MB) where missing" >&2
        run_maven -Dmaven.test.skip=true package >> "$log" 2>&1 || explain "$log"
        echo "$poms" > "$dist/fetched"
    fi

    rm -rf "$new"
    mkdir -p "$new/lib" "$new/parity" "$new/nextflow"
    cp "$tools"/cli/target/lib/*.jar "$(jar_of cli)" "$new/lib/"
    cp "$(jar_of parity)" "$new/parity/"
    local jar
    for jar in "$tools"/parity/target/lib/*.jar; do
        [ -e "$new/lib/${jar##*/}" ] || cp "$jar" "$new/parity/"
    done
    cp -r "$tools/nextflow/target/lib" "$new/nextflow/lib"
    "$java" -cp "$new/lib/*" org.equirepro.natives.NativeSets check cpu "$dist/native/cpu" >> "$log" 2>&1 || explain "$log"
    fingerprints cpu > "$new/fingerprints.properties" 2>> "$log" || explain "$log"
    fingerprints gpu > "$new/fingerprints-gpu.properties" 2>> "$log" || explain "$log"
    local part
    for part in lib parity nextflow fingerprints.properties fingerprints-gpu.properties; do
        rm -rf "${dist:?}/$part"
        mv "$new/$part" "$dist/$part"
    done
    rmdir "$new"
    archive_classes >> "$log" 2>&1
    echo "$state" > "$dist/built.part"
    mv "$dist/built.part" "$dist/built"
    echo "reproduce: built in $((SECONDS - started)) s" >&2
}

# fingerprints DEVICE: of the new jars, on the libtorch that is ours for this device.
fingerprints() {
    env -u PYTORCH_LIBRARY_PATH -u PYTORCH_VERSION -u PYTORCH_FLAVOR EQUIREPRO_DEVICE="$1" EQUIREPRO_LIB="$new/lib" \
        "$repo/bin/equirepro" fingerprint
}

# archive_classes: the classes that every command loads, parsed once for all (class data sharing). A Java that cannot use the
# archive starts without it.
archive_classes() {
    rm -f "$dist/classes.jsa"
    (cd "$dist" && env -u PYTORCH_LIBRARY_PATH -u PYTORCH_VERSION -u PYTORCH_FLAVOR EQUIREPRO_DEVICE=cpu \
        EQUIREPRO_JAVA_OPTS=-XX:ArchiveClassesAtExit=classes.part "$repo/bin/equirepro" doctor --in-process) || true
    # Java trusts an archive's contents: one that a full disk cut short would end every command, so it is checked once, here
    if "$java" -XX:ErrorFile=/dev/null -XX:SharedArchiveFile="$dist/classes.part" -Xshare:on -XX:+VerifySharedSpaces -XX:+UseSerialGC -cp "$dist/lib/*" \
            org.equirepro.cli.Equirepro --version; then
        mv "$dist/classes.part" "$dist/classes.jsa"
    else
        rm -f "$dist/classes.part"
    fi
}

# run_maven ARGUMENTS...: in java-tools, without colours, with the words of EQUIREPRO_MAVEN_OPTIONS (such as -s settings.xml); the target/lib folders are made anew.
run_maven() {
    rm -rf "$tools"/{cli,parity,nextflow}/target/lib
    (cd "$tools" && mvn -B -ntp -Dstyle.color=never ${EQUIREPRO_MAVEN_OPTIONS:-} "$@")
}

jar_of() {
    local jars=("$tools/$1/target/$1"-*.jar)
    [ ${#jars[@]} -eq 1 ] && [ -e "${jars[0]}" ] || stop "expected one jar in $tools/$1/target; remove that folder and run again"
    echo "${jars[0]}"
}

# check_tools: the JDK (sets jdk) and Maven.
check_tools() {
    local version home
    home=$(dirname "$(dirname "$(readlink -f "$java")")")
    [ -x "$home/bin/javac" ] || stop "$home is a Java runtime without a compiler; install a JDK 17 or newer, or set JAVA_HOME to one"
    jdk=$home
    command -v mvn > /dev/null || stop "no Maven found; install Maven 3.8 or newer so that mvn is on the PATH"
    version=$(mvn -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    case "$version" in
        3.[89] | 3.[1-9][0-9] | [4-9].*) ;;
        *) stop "Maven 3.8 or newer is needed, mvn is version ${version:-unknown}; install a newer one" ;;
    esac
    command -v flock > /dev/null || stop "no flock found; install util-linux"
}

# check_space MB
check_space() {
    local free needed=${EQUIREPRO_NEEDED_MB:-$1}
    free=$(df -Pm "$dist" | awk 'NR == 2 {print $4}')
    [ "$free" -ge "$needed" ] || stop "the build needs $needed MB below $dist, free are $free MB; make room and run again"
}

# explain LOG: why Maven failed, in one line, and the end.
explain() {
    local reason
    if grep -qE 'No space left on device|Disk quota exceeded' "$1"; then
        stop "the disk is full; make room and run again (log: $1)"
    elif grep -qE 'Could not transfer|Unknown host|Connection refused|Network is unreachable|timed out|Temporary failure in name' "$1"; then
        reason=$(grep -oE 'Could not transfer artifact [^ ]+|Unknown host [^ ]+' "$1" | head -n 1 || true)
        stop "Maven Central cannot be reached${reason:+ ($reason)}; connect to the network or name a mirror in ~/.m2/settings.xml (log: $1)"
    fi
    reason=$(grep -E '^\[ERROR\]|^(equirepro|natives): ' "$1" | head -n 1 || true)
    stop "the build failed: ${reason:-see the log} (log: $1)"
}
