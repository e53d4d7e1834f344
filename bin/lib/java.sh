# Sourced by the scripts of this folder: which Java to run.

# stop MESSAGE [CODE]: one line that says what is wrong and what to do, then the end.
stop() {
    echo "${0##*/}: $1" >&2
    exit "${2:-1}"
}

# major_of JAVA: the major version of a java program, empty if it does not run. Its home tells it sooner than it does itself.
major_of() {
    local release
    release=$(dirname "$(dirname "$(readlink -f "$1")")")/release
    if [ -r "$release" ]; then
        sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' "$release"
        return
    fi
    "$1" -version 2>&1 | sed -n 's/.*version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p;/version "/q'
}

# find_java: sets java and java_major to the first Java 17 or newer among NXF_JAVA_HOME, JAVA_HOME and PATH.
find_java() {
    local candidate version seen=""
    for candidate in "${NXF_JAVA_HOME:+$NXF_JAVA_HOME/bin/java}" "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java || true)"; do
        [ -n "$candidate" ] && [ -x "$candidate" ] || continue
        version=$(major_of "$candidate")
        if [ "${version:-0}" -ge 17 ]; then
            java=$candidate java_major=$version
            return
        fi
        seen="$candidate is version ${version:-unknown}"
    done
    [ -z "$seen" ] || stop "Java 17 or newer is needed, but $seen; install a newer JDK or set JAVA_HOME"
    stop "no Java found; install a JDK 17 or newer, or set JAVA_HOME to one"
}
