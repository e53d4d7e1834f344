# Sourced after java.sh by what runs the Java tools. Sites may set: EQUIREPRO_DEVICE (auto, cpu, gpu), PYTORCH_LIBRARY_PATH,
# PYTORCH_VERSION, PYTORCH_FLAVOR (their own libtorch), EQUIREPRO_LIB (folder of jars), EQUIREPRO_JAVA_OPTS (JVM options),
# LD_PRELOAD (their memory allocator).

native=$repo/java-tools/dist/native

# has_driver: whether this machine has an NVIDIA driver.
has_driver() {
    [ -e /proc/driver/nvidia/version ] || command -v nvidia-smi > /dev/null \
        || { PATH=$PATH:/sbin ldconfig -p 2>/dev/null || true; } | grep -qF libcuda.so.1
}

# choose_native: where libtorch lies, its version and flavour, and which device computes: exports EQUIREPRO_DEVICE as cpu or
# gpu and the three PYTORCH_ variables that DJL reads. The only place that knows which set belongs to which device.
choose_native() {
    local device=${EQUIREPRO_DEVICE:-auto} set version flavour
    case "$device" in
        cpu | gpu) ;;
        auto)
            device=cpu
            [ ! -d "$native/cu124" ] || ! has_driver || device=gpu
            ;;
        *) stop "EQUIREPRO_DEVICE must be auto, cpu or gpu, found $device" 2 ;;
    esac
    case "$device" in
        cpu) set=cpu version=2.7.1 flavour=cpu ;;
        gpu) set=cu124 version=2.5.1 flavour=cu124 ;;
    esac
    export EQUIREPRO_DEVICE=$device
    export PYTORCH_LIBRARY_PATH="${PYTORCH_LIBRARY_PATH:-$native/$set}"
    export PYTORCH_VERSION="${PYTORCH_VERSION:-$version}" PYTORCH_FLAVOR="${PYTORCH_FLAVOR:-$flavour}"
    # libtorch opens these by name, and only where there is a driver
    if [ -d "$PYTORCH_LIBRARY_PATH/nvrtc" ] && [[ ":${LD_LIBRARY_PATH:-}" != *":$PYTORCH_LIBRARY_PATH/nvrtc"* ]]; then
        export LD_LIBRARY_PATH="$PYTORCH_LIBRARY_PATH/nvrtc${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    fi
}

# take_gpu: waits for a GPU that no other task of this user on this machine has, and shows libtorch that one only. The lock
# ends with the process. A scheduler that gives out GPUs has set CUDA_VISIBLE_DEVICES.
take_gpu() {
    local gpu gpus said=
    [ "$EQUIREPRO_DEVICE" = gpu ] && [ -z "${CUDA_VISIBLE_DEVICES:-}" ] && command -v nvidia-smi > /dev/null || return 0
    gpus=$(nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null) || return 0
    while [ -n "$gpus" ]; do
        for gpu in $gpus; do
            exec 8> "${TMPDIR:-/tmp}/equirepro-$UID-gpu-$gpu.lock"
            if flock -n 8; then
                export CUDA_VISIBLE_DEVICES=$gpu
                return 0
            fi
        done
        [ -n "$said" ] || echo "${0##*/}: waiting for a free GPU" >&2
        said=yes
        sleep 2
    done
}

# srun_words: a process for each task of the job, bound to its cores (srun does not inherit their number from sbatch). Ranks on CPUs
# need MPI; those on GPUs see all of the node's and take the one of their local number.
srun_words() {
    local mpi=""
    [ "$EQUIREPRO_DEVICE" = gpu ] || [ "${SLURM_NTASKS:-1}" = 1 ] || mpi="--mpi=${EQUIREPRO_MPI:-pmix}"
    echo "srun --kill-on-bad-exit=1 --cpu-bind=cores --cpus-per-task=${SLURM_CPUS_PER_TASK:-1} $mpi"
}

# exec_java LAUNCHER JVM-OPTIONS CLASS-PATH MAIN ARGUMENTS...: after choose_native; becomes the JVM, so that signals reach it. The first two are
# lists of words, and may be empty.
exec_java() {
    local launcher=$1 options=$2 class_path=$3 jemalloc archive=$repo/java-tools/dist/classes.jsa sharing=()
    shift 3
    [ "$java_major" -lt 24 ] || options="$options --enable-native-access=ALL-UNNAMED"
    # a Java other than the one that wrote the archive starts without it, and says nothing
    [ "$class_path" != "$repo/java-tools/dist/lib/*" ] || [ ! -e "$archive" ] \
        || sharing=("-XX:SharedArchiveFile=$archive" -Xshare:auto -Xlog:disable '-Xlog:all=error:stderr' '-Xlog:cds*=off:stderr')
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
    exec $launcher "$java" "${sharing[@]}" -XX:+UseSerialGC -Djava.awt.headless=true -Dfile.encoding=UTF-8 \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.log.ai.djl=error $options ${EQUIREPRO_JAVA_OPTS:-} \
        -cp "$class_path" "$@"
}
