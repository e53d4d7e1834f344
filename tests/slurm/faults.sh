#!/usr/bin/env bash
# One training of two ranks on two nodes of the lab, and one fault after another at random moments of it; after each the same
# command goes on. The encoder is the same to the bit as from a run that nothing disturbed. Writes the table of docs/faults.md.
#     EQUIREPRO_TEST_DIR=DIR tests/slurm/faults.sh [ROUNDS]      each fault so many times; DIR has the clone that tests/setup.sh makes
. "$(dirname "${BASH_SOURCE[0]}")/../lib/harness.sh"
. "$repo/tests/slurm/lab.sh"
rounds=${1:-1}
steps_between=20
export OMPI_MCA_btl=tcp,self EQUIREPRO_SITE=$repo/tests/slurm/fast.config
run=(-profile slurm,test --rows vicreg --ranks 2 --ranks_per_node 1 --train_memory 1500.MB --partition gpu --cpu_partition cpu)
folder=$scratch/faults
store=$folder/disk/store
read -ra faults <<< "${FAULTS:-scancel_running scancel_pending node_down kill_head stop_head controller_down kill_rank disk_full two_heads}"

# A head in the background, unless one runs.
head_up() {
    [ -n "${head:-}" ] && kill -0 "$head" 2> /dev/null && return 0
    (cd "$folder" && exec "$copy/bin/reproduce" "${run[@]}" --store "$store" -resume >> log 2>&1) &
    head=$!
}

# saved: the step of the newest saved state.
saved() {
    local file
    file=$(ls "$store"/pretrain-*/*/checkpoint.safetensors 2> /dev/null | head -n 1) || true
    [ -z "$file" ] || head -c 400 "$file" 2> /dev/null | grep -ao '"step":"[0-9]*"' | tr -dc 0-9 || true
}

finished() { ls -d "$store"/pretrain-*/*/finished > /dev/null 2>&1; }

# job STATE: the training's job that is in that state.
job() { squeue -h -t "$1" -o '%i %j' | awk '/PRETRAIN/ { print $1 }' | head -n 1; }

# await SECONDS COMMAND...: until it is true; the head is started again whenever it has ended.
await() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || { tail -n 20 "$folder/log" >&2; fail "waited in vain for: $*"; }
        [ -n "${keep_down:-}" ] || head_up
        sleep 0.3
    done
}

# restarts: how often a job has gone on from a saved state; restarted N: oftener than N times.
restarts() { cat "$folder"/work/*/*/.command.err 2> /dev/null | grep -ac 'goes on after step' || true; }
restarted() { finished || [ "$(restarts)" -gt "$1" ]; }

beyond() { local now; now=$(saved); finished || [ "${now:-0}" -gt "$1" ]; }
running() { finished || [ -n "$(job RUNNING)" ]; }
pending() { [ -n "$(job PENDING)" ]; }
ended() { ! kill -0 "$head" 2> /dev/null; }

fault_scancel_running() { scancel "$(job RUNNING)"; }

fault_scancel_pending() {
    scontrol update partitionname=gpu state=down
    scancel "$(job RUNNING)"
    await 600 pending
    scancel "$(job PENDING)"
    scontrol update partitionname=gpu state=up
}

# The daemon dies with the node; what it had started lives on, as on a node that is cut off.
fault_node_down() {
    lab_end "$lab/slurmd.n1.pid" KILL
    scontrol update nodename=n1 state=down reason=test
    sleep 3
    lab_node n1
    scontrol update nodename=n1 state=resume 2> /dev/null || true      # it may be back by itself
}

fault_kill_head() { kill -9 "$head"; }

fault_stop_head() { kill -TERM "$head"; }

fault_controller_down() {
    lab_end "$lab/slurmctld.pid" KILL
    sleep 30
    lab_controller
}

fault_kill_rank() {
    local pids
    pids=($(pgrep -f 'org.equirepro.cli.Equirepro pretrain' | while read -r pid; do
        case "$(readlink "/proc/$pid/cwd" || true)" in "$folder"/work/*) echo "$pid" ;; esac; done))
    # of srun and the ranks, one that is Java
    local pid
    for pid in "${pids[@]}"; do
        [ "$(cat "/proc/$pid/comm" 2> /dev/null)" != java ] || { kill -9 "$pid"; return; }
    done
}

fault_disk_full() {
    head -c 1G /dev/zero > "$folder/disk/filler" 2> /dev/null || true
    keep_down=yes await 600 ended
    rm "$folder/disk/filler"
}

fault_two_heads() {
    local said
    said=$(cd "$folder" && "$copy/bin/reproduce" "${run[@]}" --store "$store" -resume 2>&1) && fail "a second head was let in"
    [[ $said == *"belongs to a run that is under way"* ]] || fail "the second head said: $said"
}

# fault_words FAULT: what is done, for the table.
fault_words() {
    case "$1" in
        scancel_running) echo '`scancel` of the running job' ;;
        scancel_pending) echo '`scancel` of the pending job' ;;
        node_down) echo 'node down and back, its processes cut off' ;;
        kill_head) echo '`kill -9` of the head' ;;
        stop_head) echo 'SIGTERM to the head' ;;
        controller_down) echo 'controller killed, back after 30 s' ;;
        kill_rank) echo '`kill -9` of one rank' ;;
        disk_full) echo 'disk full while saving' ;;
        two_heads) echo 'two heads on one output folder: the second is refused' ;;
    esac
}

table() {
    local fault
    echo "| fault | times | saved steps lost, most |"
    echo "|---|---:|---:|"
    for fault in "${faults[@]}"; do
        awk -F'\t' -v fault="$fault" -v words="$(fault_words "$fault")" '$1 == fault { n++; if ($2 > most) most = $2 }
            END { if (n) printf "| %s | %d | %d |\n", words, n, most }' "$folder/outcomes"
    done
    echo
    echo "Jobs of the training at one moment, most: $(jobs_at_once), of $(trainings | wc -l). Encoder and tables against the undisturbed run: the same bits."
}

trainings() { noted PRETRAIN | grep "WorkDir=$folder/"; }

# jobs_at_once: most jobs of the training that SLURM noted as running at one moment.
jobs_at_once() {
    trainings | sed -n 's/.*Name=[^ ]*PRETRAIN.* StartTime=\([^ ]*\) EndTime=\([^ ]*\) .*/\1 b\n\2 a/p' | sort \
        | awk '{ now += $2 == "b" ? 1 : -1; if (now > most) most = now } END { print most + 0 }'
}

# write_table: into docs/faults.md, between the two lines that name this script.
write_table() {
    awk '/^<!-- end of tests\/slurm\/faults.sh/ { hidden = 0 } !hidden { print }
        /^<!-- written by tests\/slurm\/faults.sh/ { while ((getline line < "/dev/stdin") > 0) print line; hidden = 1 }' \
        "$repo/docs/faults.md" < "$folder/table" > "$folder/faults.md"
    cp "$folder/faults.md" "$repo/docs/faults.md"
}

test_faults() {
    edit conf/recipes/test-vicreg.yml "s/^steps: .*/steps: $((300 + 80 * ${#faults[@]} * rounds))/; s/^checkpoint_steps: .*/checkpoint_steps: $steps_between/"
    local round fault before from lost count
    mkdir -p "$folder/disk"
    mount -t tmpfs -o size=64m equirepro "$folder/disk"
    trap 'umount "$folder/disk"' EXIT
    : > "$folder/outcomes"
    await 600 beyond 0
    for round in $(seq "$rounds"); do
        for fault in $(printf '%s\n' "${faults[@]}" | shuf); do
            finished && fail "the training ended before all faults had come; make it longer"
            await 600 running
            await 600 beyond "$(saved)"
            sleep "$((RANDOM % 4)).$((RANDOM % 10))"
            before=$(saved)
            count=$(restarts)
            "fault_$fault"
            echo "       $fault after step $before"
            lost=0
            case "$fault" in
                # the job goes on all the while; after kill_head its orphan does
                controller_down | two_heads | kill_head) await 600 beyond "$before" ;;
                *)
                    await 600 restarted "$count"
                    from=$(grep -haoE 'goes on after step [0-9]+' $(ls -t "$folder"/work/*/*/.command.err) | head -n 1 | grep -o '[0-9]*$' || true)
                    lost=$((before > from ? before - from : 0))
                    ;;
            esac
            printf '%s\t%s\n' "$fault" "$lost" >> "$folder/outcomes"
        done
    done
    await 1200 ended_well
    # the same training, undisturbed, on this machine
    EQUIREPRO_LAUNCHER=$(ranks_here) succeed undisturbed -profile test --rows vicreg --train_memory 1500.MB
    table > "$folder/table"
    cat "$folder/table"
    same_results undisturbed faults
    [ "$(jobs_at_once)" = 1 ] || fail "two jobs of the training ran at once"
    awk -F'\t' '$2 > 0 { exit 1 }' "$folder/outcomes" || fail "a saved step was lost"
    write_table
}

ended_well() { [ -s "$folder/results/report.html" ] && ended; }

lab_possible || { echo "0 passed, 0 failed"; exit 0; }
mkdir -p "$folder"
trap lab_stop EXIT
lab_start
run_tests
