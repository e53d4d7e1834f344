# Sourced by bin/reproduce: the head of a run, which is the process that sends tasks and waits for them. One head an output folder; on
# a cluster it can be a job itself.

# outdir_of ARGUMENTS...: sets outdir, absolute.
outdir_of() {
    local before="" word
    outdir=results
    for word in "$@"; do
        case "$before $word" in
            "--outdir "*) outdir=$word ;;
            *" --outdir="*) outdir=${word#*=} ;;
        esac
        before=$word
    done
    [[ $outdir == /* ]] || outdir=$PWD/$outdir
}

# lock_outdir: until this process ends, another head on the same output folder is refused. Java closes the descriptor in its
# children, so that no orphan of a dead head holds the lock.
lock_outdir() {
    local file=$outdir/pipeline_info/head.lock
    mkdir -p "$outdir/pipeline_info" 2> /dev/null && [ -w "$outdir/pipeline_info" ] || return 0     # the pipeline says what is wrong
    exec 7>> "$file"
    flock -n 7 || stop "$outdir belongs to a run that is under way ($(tail -n 1 "$file")); wait for it, or choose another --outdir"
    echo "process $$ on $(uname -n)${SLURM_JOB_ID:+, job $SLURM_JOB_ID}" > "$file"
}

# submit_head ARGUMENTS...: writes and sends a job that runs the head. Each such job sends the next one first, which waits for its
# end: a head that reaches its limit or loses its node is followed by one with -resume.
submit_head() {
    local script=$outdir/pipeline_info/head.sbatch word options="" job
    command -v sbatch > /dev/null || stop "--submit needs SLURM's sbatch on the PATH"
    mkdir -p "$outdir/pipeline_info" || stop "$outdir cannot be written; choose another --outdir"
    [ -z "$(jobs_named "$(head_name)")" ] || stop "$outdir belongs to a head that was submitted; bin/reproduce --status shows it, --cancel ends it"
    for word in ${EQUIREPRO_HEAD_OPTIONS:-}; do options+="#SBATCH $word"$'\n'; done
    {
        cat << END
#!/bin/bash
#SBATCH --job-name=$(head_name)
#SBATCH --output=$outdir/pipeline_info/head-%j.log
#SBATCH --time=${EQUIREPRO_HEAD_TIME:-1-00:00:00}
#SBATCH --signal=B:USR1@${EQUIREPRO_HEAD_MARGIN:-300}
#SBATCH --nodes=1 --ntasks=1 --cpus-per-task=2 --mem=4G
$options
cd $(printf %q "$PWD") || exit 1
. $(printf %q "$repo/bin/lib/head.sh")
run_head $(printf %q "$script") $(printf '%q ' "$repo/bin/reproduce" "$@" -resume)
END
    } > "$script.part"
    mv "$script.part" "$script"
    job=$(sbatch --parsable "$script") || stop "sbatch refused $script"
    echo "reproduce: the head is job $job; bin/reproduce --status shows the run, --cancel ends it"
}

# run_head SCRIPT COMMAND...: within the job of a head.
run_head() {
    local script=$1 next="" head rc=0
    shift
    until next=$(sbatch --parsable --dependency="afterany:$SLURM_JOB_ID" "$script"); do sleep 10; done
    # the head before this one has ended; what it sent and never ran would only stand before the same sent again
    scancel $(jobs_of_run | awk -F'|' '$2 == "PENDING" { print $1 }') 2> /dev/null || true
    # tasks go on when the head ends; the next head's jobs wait for them and take what they finished from the store
    export NXF_DISABLE_JOBS_CANCELLATION=true
    "$@" &
    head=$!
    trap 'kill -TERM $head; stopped=next' USR1
    trap 'kill -TERM $head; stopped=all' TERM
    local stopped=""
    while kill -0 "$head" 2> /dev/null; do rc=0; wait "$head" || rc=$?; done
    [ "$stopped" = next ] || scancel "$next"
    exit "$rc"
}

# head_name: of the jobs that are heads of this output folder.
head_name() {
    echo "equirepro-$(printf %s "$outdir" | sha256sum | cut -c1-12)"
}

# jobs_named NAME: ids of the jobs of that name.
jobs_named() {
    squeue -h -u "$(id -un)" -n "$1" -o %i 2> /dev/null || true
}

# jobs_of_run: `ID|STATE|ELAPSED|NODES|FOLDER|NAME` of each task's job that belongs to the work folder here; several for a job array.
jobs_of_run() {
    command -v squeue > /dev/null || return 0
    squeue -h -r -u "$(id -un)" -o '%i|%T|%M|%N|%Z|%j' 2> /dev/null | awk -F'|' -v work="$PWD/work/" 'index($5, work) == 1'
}

# cancel_run: ends the head, then asks what runs to save, then ends it.
cancel_run() {
    local head job waited=0
    command -v scancel > /dev/null || stop "--cancel is for runs on SLURM; end a run of this machine by Ctrl-C"
    for head in $(jobs_named "$(head_name)" | sort -rn); do
        # the job that waits for its turn first
        if [ "$(squeue -h -j "$head" -o %T)" = RUNNING ]; then scancel --batch --signal=TERM "$head"; else scancel "$head"; fi
    done
    while [ -n "$(jobs_named "$(head_name)")" ] && [ $waited -lt 60 ]; do sleep 1; waited=$((waited + 1)); done
    for head in $(jobs_named "$(head_name)"); do scancel "$head"; done
    for job in $(jobs_of_run | awk -F'|' '$2 == "PENDING" { print $1 }'); do scancel "$job"; done
    for job in $(jobs_of_run | awk -F'|' '$2 == "RUNNING" { print $1 }'); do scancel --signal=USR1 "$job"; done
    waited=0
    while [ -n "$(jobs_of_run)" ] && [ $waited -lt "${EQUIREPRO_CANCEL_SECONDS:-300}" ]; do sleep 1; waited=$((waited + 1)); done
    for job in $(jobs_of_run | cut -d'|' -f1); do
        echo "reproduce: job $job did not end in time and is cancelled" >&2
        scancel "$job"
    done
    echo "reproduce: cancelled; the same command with -resume goes on from what was saved"
}

# show_status: what is done, runs and waits, from the plan, the trace and the queue.
show_status() {
    local info=$outdir/pipeline_info all=0 done=0 job state elapsed nodes folder name line left longest=0 running=0 waiting=0
    [ -e "$info/trace.txt" ] || [ -n "$(jobs_named "$(head_name)")" ] || stop "no run has written to $outdir; name its folder by --outdir" 66
    [ ! -e "$info/plan.jsonl" ] || all=$(($(wc -l < "$info/plan.jsonl") + 1))       # and PLAN itself
    [ ! -e "$info/trace.txt" ] || done=$(awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["status"] ~ /COMPLETED|CACHED/ { seen[$at["name"]] }
        END { for (k in seen) n += match(k, /\+[0-9]+\)$/) ? substr(k, RSTART) + 1 : 1; print n + 0 }' "$info/trace.txt")     # NAME+2: three in one
    while IFS='|' read -r job state elapsed nodes folder name; do
        [ -n "$job" ] || continue
        name=$(sed -n "s/^### name: '\(.*\)'/\1/p" "$folder/.command.run" 2> /dev/null | head -n 1)
        if [ "$state" != RUNNING ]; then
            waiting=$((waiting + 1))
            continue
        fi
        running=$((running + 1))
        line=$(cat "$folder/.command.err" "$folder/.command.log" 2> /dev/null | grep -a '^step .* s left' | tail -n 1 || true)
        left=$(sed -n 's/.* \([0-9]*\) s left.*/\1/p' <<< "$line")
        [ "${left:-0}" -le "$longest" ] || longest=$left
        echo "${name#*:}: job $job on $nodes for $elapsed${line:+, $line}"
    done < <(jobs_of_run)
    for job in $(jobs_named "$(head_name)"); do
        echo "head: job $job $(squeue -h -j "$job" -o '%T for %M' | tr 'A-Z' 'a-z')"
    done
    echo "$done of $all tasks done, $running running, $waiting waiting$([ "$longest" = 0 ] || date -d "+$longest seconds" ', the trainings that run end at %F %H:%M')"
}
