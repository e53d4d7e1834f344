# Sourced after java.sh by what runs the Java tools. Sites may set: PYTORCH_LIBRARY_PATH, PYTORCH_VERSION, PYTORCH_FLAVOR
# (their own libtorch), EQUIREPRO_LIB (folder of jars), EQUIREPRO_JAVA_OPTS (JVM options), LD_PRELOAD (their memory allocator).

# exec_java LAUNCHER JVM-OPTIONS CLASS-PATH MAIN ARGUMENTS...: becomes the JVM, so that signals reach it. The first two are
# lists of words, and may be empty.
exec_java() {
    local launcher=$1 options=$2 class_path=$3 jemalloc
    shift 3
    [ "$java_major" -lt 24 ] || options="$options --enable-native-access=ALL-UNNAMED"

    export PYTORCH_LIBRARY_PATH="${PYTORCH_LIBRARY_PATH:-$repo/java-tools/dist/native/cpu}"
    export PYTORCH_VERSION="${PYTORCH_VERSION:-2.7.1}" PYTORCH_FLAVOR="${PYTORCH_FLAVOR:-cpu}"
    export DJL_OFFLINE=true OPT_OUT_TRACKING=true

    # Tensors come and go by the thousand. Memory that is given back to the system must be faulted in again for the next step,
    # which took a third of a training's time, so both allocators keep it: jemalloc where the system has it, else glibc's.
    export MALLOC_CONF="${MALLOC_CONF:-dirty_decay_ms:-1,muzzy_decay_ms:-1}"
    export MALLOC_MMAP_MAX_="${MALLOC_MMAP_MAX_:-0}" MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-17179869184}"
    export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" MALLOC_TOP_PAD_="${MALLOC_TOP_PAD_:-268435456}"
    if [ -z "${LD_PRELOAD:-}" ]; then
        for jemalloc in /usr/lib/x86_64-linux-gnu/libjemalloc.so.2 /usr/lib64/libjemalloc.so.2; do
            [ ! -e "$jemalloc" ] || { export LD_PRELOAD=$jemalloc; break; }
        done
    fi
    # shellcheck disable=SC2086
    exec $launcher "$java" -XX:+UseSerialGC -Djava.awt.headless=true -Dfile.encoding=UTF-8 \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.log.ai.djl=error $options ${EQUIREPRO_JAVA_OPTS:-} \
        -cp "$class_path" "$@"
}
