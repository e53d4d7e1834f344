#!/usr/bin/env bash
# Turns the published results of a run into a page of docs/:
#     docs/make-results.sh RESULTS 'COMMAND THAT MADE THEM' > docs/results-NAME.md
# Everything but these headings is copied or computed from the run's own files; no number is typed by hand.
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: docs/make-results.sh RESULTS COMMAND" >&2; exit 2; }
results=$1 command=$2
trace=$results/pipeline_info/trace.txt
for file in "$trace" "$results/tables/r2_image.md"; do
    [ -f "$file" ] || { echo "$file: no such file; give the outdir of a finished run" >&2; exit 66; }
done

echo "<!-- made by docs/make-results.sh from the run's files; do not edit -->"
echo
echo "Command: \`$command\`"
echo
for table in r2_image linear_probe r2_3diebench; do
    [ ! -f "$results/tables/$table.md" ] || { cat "$results/tables/$table.md"; echo; }
done

echo "# What it cost"
echo
echo "Wall time of each task, from \`pipeline_info/trace.txt\`; two tasks ran side by side."
echo
echo "| process | tasks | wall time each |"
echo "|---|---|---|"
awk -F '\t' '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $column["status"] ~ /COMPLETED|CACHED/ {
        name = $column["process"]; sub(/^.*:/, "", name)
        if (!(name in count)) order[++names] = name
        count[name]++
        times[name] = times[name] (times[name] == "" ? "" : ", ") $column["realtime"]
    }
    END { for (i = 1; i <= names; i++) printf "| %s | %d | %s |\n", order[i], count[order[i]], times[order[i]] }' "$trace"
echo
echo "Training as each encoder measured itself (\`encoders/*/meter.json\`):"
echo
echo "| encoder | steps | samples a step | seconds | CPU seconds | peak memory (MiB) |"
echo "|---|---|---|---|---|---|"
for meter in "$results"/encoders/*/meter.json; do
    name=$(basename "$(dirname "$meter")")
    field() { sed -n "s/^ *\"$1\" : \([0-9.]*\),\{0,1\}\$/\1/p" "$meter"; }
    awk -v name="$name" -v steps="$(field steps)" -v batch="$(field samples_per_step)" -v seconds="$(field seconds)" \
        -v cpu="$(field cpu_seconds)" -v memory="$(field peak_memory_bytes)" 'BEGIN {
            printf "| %s | %s | %s | %.0f | %.0f | %.0f |\n", name, steps == "" ? 0 : steps, batch == "" ? "-" : batch, seconds, cpu,
                memory / 1048576 }'
done
