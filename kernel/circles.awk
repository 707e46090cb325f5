# SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
# Fails when folders, or files, include each other in a circle: awk -f circles.awk */*.[ch]
# With -v only=files, folders may.
# A header and the source file of the same name count as one. Headers from elsewhere do not count.

function folder(name) { sub(/\/.*/, "", name); return name }

function add(graph, from, to) {
	if (from == to || (graph, from, to) in edges)
		return
	edges[graph, from, to]
}

FNR == 1 { unit = FILENAME; sub(/\.[ch]$/, "", unit); here[folder(unit)] }

/^#include "[a-z_]+\/[a-z0-9_]+\.h"/ {
	split($0, parts, "\"")
	sub(/\.h$/, "", parts[2])
	count++
	from[count] = unit
	to[count] = parts[2]
}

# Takes away whatever includes nothing that is left, and whatever nothing left includes. Circles remain.
function remains(graph,    edge, part, includes, included, left, gone) {
	do {
		gone = 0
		split("", includes)
		split("", included)
		for (edge in edges) {
			split(edge, part, SUBSEP)
			if (part[1] == graph) {
				includes[part[2]]
				included[part[3]]
			}
		}
		for (edge in edges) {
			split(edge, part, SUBSEP)
			if (part[1] == graph && !(part[3] in includes && part[2] in included)) {
				delete edges[edge]
				gone = 1
			}
		}
	} while (gone)
	for (edge in edges) {
		split(edge, part, SUBSEP)
		if (part[1] == graph) {
			printf "circle of %s: %s includes %s\n", graph, part[2], part[3]
			left = 1
		}
	}
	return left
}

END {
	for (i = 1; i <= count; i++)
		if (folder(to[i]) in here) {
			add("files", from[i], to[i])
			add("folders", folder(from[i]), folder(to[i]))
		}
	files = remains("files")
	exit (only != "files" && remains("folders")) || files
}
