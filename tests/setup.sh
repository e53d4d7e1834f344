#!/usr/bin/env bash
# Set-up: what is missing is said in one line; a clean clone builds by itself; the second call costs next to nothing.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"

# A clone of what is committed or about to be, in a folder whose name has a space; kept for the tests that follow.
clone() {
    [ ! -d "$copy" ] || return 0
    mkdir -p "$copy"
    (cd "$repo" && git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' _ \
        | tar cf - --null -T -) | tar xf - -C "$copy"
}

# tools DIR NAME...: a folder of links to just the programs that are there without Java and Maven, and the named ones.
tools() {
    local folder=$1 program
    shift
    mkdir -p "$folder"
    for program in bash sh sed grep head cut find sort xargs sha256sum mkdir dirname readlink df awk cat rm cp mv cmp tail flock rmdir uname "$@"; do
        ln -sf "$(command -v "$program")" "$folder/$program"
    done
}

# says TEXT COMMAND...: fails within a minute, with one line that holds TEXT and nothing after it.
says() {
    local text=$1
    shift
    if timeout 120 "$@" > "$scratch/said" 2>&1; then
        fail "$* succeeded"
    fi
    tail -n 1 "$scratch/said" | grep -qF -- "$text" || { cat "$scratch/said" >&2; fail "the last line does not say: $text"; }
    [ ! -e "$copy/java-tools/dist/built" ] || fail "marked as built"
}

test_1_refusals() {
    clone
    tools "$scratch/no java"
    says "no Java found; install a JDK 17" env -u JAVA_HOME -u NXF_JAVA_HOME PATH="$scratch/no java" bash "$copy/bin/reproduce" --build-only

    tools "$scratch/old java"
    printf '#!/bin/sh\necho "openjdk version \\"11.0.2\\"" >&2\n' > "$scratch/old java/java"
    chmod +x "$scratch/old java/java"
    says "Java 17 or newer is needed, but" env -u JAVA_HOME -u NXF_JAVA_HOME PATH="$scratch/old java" bash "$copy/bin/reproduce" --build-only

    tools "$scratch/no maven" java
    says "no Maven found; install Maven 3.8" env PATH="$scratch/no maven" bash "$copy/bin/reproduce" --build-only

    tools "$scratch/old maven" java
    printf '#!/bin/sh\necho "Apache Maven 3.6.3"\n' > "$scratch/old maven/mvn"
    chmod +x "$scratch/old maven/mvn"
    says "Maven 3.8 or newer is needed, mvn is version 3.6" env PATH="$scratch/old maven" bash "$copy/bin/reproduce" --build-only

    says "MB below" env EQUIREPRO_NEEDED_MB=999999999 bash "$copy/bin/reproduce" --build-only

    # a Maven with nothing in its local repository and nobody at the other end of the network
    cat > "$scratch/settings.xml" <<'END'
<settings><localRepository>LOCAL</localRepository>
<mirrors><mirror><id>nobody</id><mirrorOf>*</mirrorOf><url>https://localhost:9/none</url></mirror></mirrors></settings>
END
    sed -i "s|LOCAL|$scratch/empty-repository|" "$scratch/settings.xml"
    says "Maven Central cannot be reached" env EQUIREPRO_MAVEN_OPTIONS="-s $scratch/settings.xml" \
        bash "$copy/bin/reproduce" --build-only
}

test_2_clean_clone_builds() {
    clone
    "$copy/bin/reproduce" --build-only > "$scratch/said" 2>&1 || { tail -n 30 "$scratch/said" "$copy/java-tools/dist/build.log" >&2; fail "build failed"; }
    [ -e "$copy/java-tools/dist/native/cpu/libtorch_cpu.so" ] || fail "no libtorch"
    [ "$(wc -l < "$copy/java-tools/dist/fingerprints.properties")" -ge 8 ] || fail "fingerprints are missing"
    [ -s "$copy/java-tools/dist/classes.jsa" ] || fail "the classes were not archived"
}

test_3_second_call_under_two_seconds() {
    local started=$(date +%s%N)
    "$copy/bin/reproduce" --build-only > /dev/null
    local ms=$((($(date +%s%N) - started) / 1000000))
    echo "       second call: $ms ms"
    [ "$ms" -lt 2000 ] || fail "the second call took $ms ms"
}

# A build that was cut off is made again; two at once do not get in each other's way.
test_4_interrupted_build_is_redone() {
    rm "$copy/java-tools/dist/built" "$copy"/java-tools/dist/lib/cli-*.jar
    "$copy/bin/reproduce" --build-only > "$scratch/one" 2>&1 &
    local other=$!
    "$copy/bin/reproduce" --build-only > "$scratch/two" 2>&1
    wait "$other"
    [ "$(cat "$scratch/one" "$scratch/two" | grep -c 'built in')" = 1 ] || fail "built twice"
    ls "$copy"/java-tools/dist/lib/cli-*.jar > /dev/null
}

test_5_wrong_use() {
    says2=$("$copy/bin/reproduce" --build-only more 2>&1) && fail "accepted"
    [[ $says2 == *"takes no other arguments"* ]] || fail "$says2"
    "$copy/bin/equirepro" --version > /dev/null
    mv "$copy/java-tools/dist/classes.jsa" "$scratch/classes"
    echo "of another Java" > "$copy/java-tools/dist/classes.jsa"
    same "equirepro 0.1.0" "$("$copy/bin/equirepro" --version 2>&1)"    # it is not used, and nothing is said
    mv -f "$scratch/classes" "$copy/java-tools/dist/classes.jsa"
    (cd / && "$copy/bin/nextflow" -version | grep -q 25.04.4)
}

run_tests
