#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Counts the flows of recordings by class, as a Markdown table: flows of at least ten packets / all flows.
#
# usage: count.sh TRUTH.csv CAPTURE.pcap...     weir-extract has to be on the PATH
# Exit status: 0, or 1 where a flow of at least ten packets has no label.
set -euo pipefail
truth=$1
shift
weir-extract -q --ground-truth "$truth" -o - "$@" | awk -F, '
    NR > 1 { label = $NF == "" ? "none" : $NF; captures[$1]; labels[label]; all[$1, label]++; long[$1, label] += $11 >= 10 }
    END {
        n = split("Video Streaming,Audio Calls,Video Calls,Gaming,Video Uploads,Browsing,Texting,Other,none", order, ",")
        printf "| capture |"
        for (i = 1; i <= n; i++) if (order[i] in labels) printf " %s |", order[i]
        printf "\n|---|"
        for (i = 1; i <= n; i++) if (order[i] in labels) printf "---:|"
        print ""
        c = 0
        for (capture in captures) names[++c] = capture
        for (i = 1; i <= c; i++) for (j = i + 1; j <= c; j++) if (names[j] < names[i]) { t = names[i]; names[i] = names[j]; names[j] = t }
        for (k = 1; k <= c; k++) {
            printf "| %s |", names[k]
            for (i = 1; i <= n; i++) if (order[i] in labels) printf " %d / %d |", long[names[k], order[i]], all[names[k], order[i]]
            print ""
            bad += long[names[k], "none"]
        }
        exit bad > 0
    }'
