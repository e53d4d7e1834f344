# Sourced by the tests of this folder: a SLURM of two nodes with two GPUs each, all on this machine and none of them real. Its
# daemons, its configuration and its state lie in $lab and are gone with it; nothing else on the machine is touched. Its ports and the
# names of its nodes are fixed, so there is one lab at a time: a second waits.

lab=$scratch/slurm
lab_cpus=${LAB_CPUS:-4}      # of a node; more than the machine has
lab_lock=${TMPDIR:-/tmp}/equirepro-lab.lock
lab_packages="slurm-wlm slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge libpmix-dev"

# lab_possible: whether the lab can run here; says why not.
lab_possible() {
    local program
    if [ "$(id -u)" != 0 ]; then
        echo "NOTICE tests/slurm are skipped: SLURM's daemons want root"
        return 1
    fi
    for program in slurmctld slurmd sbatch munged; do
        PATH=$PATH:/usr/sbin command -v "$program" > /dev/null && continue
        echo "NOTICE tests/slurm are skipped: no $program; apt-get install --no-install-recommends $lab_packages"
        return 1
    done
    [[ $(ldconfig -p) == *"libpmix.so "* ]] && return
    echo "NOTICE tests/slurm are skipped: no libpmix.so, which srun opens for Open MPI; apt-get install --no-install-recommends $lab_packages"
    return 1
}

lab_start() {
    PATH=$PATH:/usr/sbin
    export PATH SLURM_CONF=$lab/slurm.conf
    local host node gpu tries
    exec 6> "$lab_lock"
    flock -n 6 || { echo "       waiting for another lab on this machine"; flock -w 3600 6 || fail "another lab holds $lab_lock for an hour"; }
    rm -f "$lab/jobs.log"
    host=$(uname -n)
    host=${host%%.*}
    mkdir -p "$lab"/{state,dev,spool/n1,spool/n2,tmp/n1,tmp/n2}
    chmod 755 "$scratch" "$lab"     # munge's own user must get through
    for node in n1 n2; do
        for gpu in 0 1; do
            [ -e "$lab/dev/$node-gpu$gpu" ] || mknod "$lab/dev/$node-gpu$gpu" c 1 3      # as /dev/null
        done
    done
    lab_configuration "$host" > "$lab/slurm.conf"
    printf 'NodeName=%s Name=gpu File=%s\n' n1 "$lab/dev/n1-gpu[0-1]" n2 "$lab/dev/n2-gpu[0-1]" > "$lab/gres.conf"
    printf '%s\n' CgroupPlugin=cgroup/v1 CgroupMountpoint=/sys/fs/cgroup CgroupAutomount=yes ConstrainCores=no ConstrainDevices=no \
        ConstrainRAMSpace=no > "$lab/cgroup.conf"
    # its own munge, without systemd
    install -d -o munge -g munge -m 0700 "$lab/munge"
    install -d -o munge -g munge -m 0755 "$lab/run"
    [ -e "$lab/munge/key" ] || head -c 1024 /dev/urandom > "$lab/munge/key"
    chown munge:munge "$lab/munge/key"
    chmod 400 "$lab/munge/key"
    setpriv --reuid=munge --regid=munge --clear-groups munged --key-file="$lab/munge/key" --socket="$lab/run/socket" \
        --pid-file="$lab/run/pid" --seed-file="$lab/munge/seed" --log-file="$lab/munge/log" > /dev/null 2>&1 6>&- || fail "munged does not start"
    lab_controller
    lab_node n1
    lab_node n2
    for tries in $(seq 60); do
        [ "$(sinfo -h -N -p cpu -o %t 2> /dev/null | grep -c idle)" != 2 ] || return 0
        sleep 0.5
    done
    tail -n 20 "$lab"/*.log >&2
    fail "the nodes of the lab did not come up"
}

# The daemons do not hold the lab's lock.
lab_controller() {
    slurmctld 6>&-
}

# lab_node NAME: starts that node's daemon.
lab_node() {
    slurmd -N "$1" 6>&-
}

# lab_end PIDFILE [SIGNAL]: ends the daemon that wrote the file.
lab_end() {
    local pid tries
    pid=$(cat "$1" 2> /dev/null) && [ -n "$pid" ] || return 0
    kill "-${2:-TERM}" "$pid" 2> /dev/null || return 0
    for tries in $(seq 50); do
        kill -0 "$pid" 2> /dev/null || return 0
        sleep 0.2
    done
}

lab_stop() {
    [ -e "$lab/slurm.conf" ] || return 0
    scancel -u root 2> /dev/null || true
    sleep 1
    local file
    for file in "$lab"/slurmd.n1.pid "$lab"/slurmd.n2.pid "$lab/slurmctld.pid" "$lab/run/pid"; do lab_end "$file"; done
}

# lab_configuration HOST
lab_configuration() {
    local tracking=linuxproc
    # the freezer kills all of a job, as on a cluster; without it orphans of a job may live on
    if [ -w /sys/fs/cgroup/freezer ] && mkdir "/sys/fs/cgroup/freezer/probe$$" 2> /dev/null; then
        rmdir "/sys/fs/cgroup/freezer/probe$$"
        tracking=cgroup
    fi
    cat << END
ClusterName=lab
SlurmctldHost=$1(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$lab/run/socket
CredType=cred/munge
SlurmctldPort=26817
StateSaveLocation=$lab/state
SlurmdSpoolDir=$lab/spool/%n
SlurmctldPidFile=$lab/slurmctld.pid
SlurmdPidFile=$lab/slurmd.%n.pid
SlurmctldLogFile=$lab/slurmctld.log
SlurmdLogFile=$lab/slurmd.%n.log
ProctrackType=proctrack/$tracking
TaskPlugin=task/none
MpiDefault=none
TmpFS=$lab/tmp/%n
ReturnToService=2
MailProg=/bin/true
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
SlurmdParameters=config_overrides
GresTypes=gpu
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$lab/jobs.log
KillWait=10
SlurmctldTimeout=30
SlurmdTimeout=20
DefMemPerCPU=100
NodeName=n1 NodeHostname=$1 NodeAddr=127.0.0.1 Port=27001 CPUs=$lab_cpus RealMemory=8000 Gres=gpu:2 State=UNKNOWN
NodeName=n2 NodeHostname=$1 NodeAddr=127.0.0.1 Port=27002 CPUs=$lab_cpus RealMemory=8000 Gres=gpu:2 State=UNKNOWN
PartitionName=cpu Nodes=n1,n2 Default=YES MaxTime=1-00:00:00 DefaultTime=00:10:00 State=UP
PartitionName=gpu Nodes=n1,n2 Default=NO MaxTime=1-00:00:00 DefaultTime=00:10:00 State=UP
END
}

# noted TEXT: what SLURM wrote down of the ended jobs whose names hold TEXT.
noted() { grep "Name=[^ ]*$1" "$lab/jobs.log"; }

# The commands that can have several ranks; their processes are named alike.
ranked=(pretrain segment homography detect keypoints depth)

# ranks_here: prints a launcher that starts what can have several ranks as two processes of this machine.
ranks_here() {
    cat > "$scratch/ranked" << END
#!/bin/bash
for command in ${ranked[*]}; do
    case " \$* " in *" \$command "*) exec mpirun --allow-run-as-root --oversubscribe --bind-to none -n 2 "\$@" ;; esac
done
exec "\$@"
END
    chmod +x "$scratch/ranked"
    echo "$scratch/ranked"
}

# same_results FOLDER OTHER: encoders and tables of the runs there are the same to the bit.
same_results() {
    local file
    for file in "$scratch/$1"/results/encoders/*/encoder.safetensors; do
        cmp "$file" "${file/#$scratch\/$1/$scratch/$2}" || fail "encoders of $1 and $2 differ"
    done
    diff -r "$scratch/$1/results/tables" "$scratch/$2/results/tables" || fail "tables of $1 and $2 differ"
}
