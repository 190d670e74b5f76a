# Reads lcov reports and prints the line coverage of one library, then the files with the most lines missed.
# Variables: title, what to call it; root, the directory whose sources count (generated ones do not).

/^SF:/ {
    at = index($0, root)
    file = at && $0 !~ /\/obj\// ? substr($0, at + length(root)) : ""
}

# A line may appear several times, once for each method that the compiler made of it.
/^DA:/ && file != "" {
    split(substr($0, 4), data, ",")
    key = file SUBSEP data[1]
    if (!(key in hits)) { hits[key] = 0; lines[file]++; last[file] = data[1] > last[file] + 0 ? data[1] : last[file] }
    hits[key] += data[2]
}

function missed_ranges(name,    line, start, end, key, text) {
    for (line = 1; line <= last[name] + 1; line++) {
        key = name SUBSEP line
        if (key in hits && hits[key] == 0) { if (!start) start = line; end = line }
        else if (start && (key in hits || line > last[name])) {
            text = text (text == "" ? "" : ", ") (start == end ? start : start "-" end)
            start = 0
        }
    }
    return text
}

END {
    for (key in hits) { split(key, part, SUBSEP); total++; if (hits[key]) covered++; else missed[part[1]]++ }
    if (!total) { print "No line of " root " was measured for " title; exit 1 }
    printf "Line coverage, %s: %.1f %% (%d of %d lines)\n", title, 100 * covered / total, covered, total
    for (shown = 0; shown < 8; shown++) {
        worst = ""
        for (name in missed) if (worst == "" || missed[name] > missed[worst]) worst = name
        if (worst == "") break
        printf "  %5.1f %%  %s: not reached: %s\n", 100 * (1 - missed[worst] / lines[worst]), worst, missed_ranges(worst)
        delete missed[worst]
    }
}
