# SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
# Reads what clang says of an object's stacks (-fstack-usage), and then its assembly (-S). Prints the programs whose
# calls need more stack together than the verifier allows, and exits with 1 if there is one.
BEGIN { MOST = 512 }
FILENAME ~ /\.su$/ {
	count = split($1, place, ":")
	# The verifier counts each function's stack in units of 16 bytes, and that of older kernels in units of 32.
	stack[place[count]] = int(($2 > 0 ? $2 + 31 : 32) / 32) * 32
	next
}
/^[a-z_][a-z_0-9]*:/ { name = $1; sub(/:.*/, "", name); caller = name in stack ? name : ""; next }
caller != "" && $1 == "call" && $2 in stack { calls[caller] = calls[caller] " " $2 }
# A function that bpf_loop() calls.
caller != "" && $2 == "=" && $4 == "ll" && $3 in stack { calls[caller] = calls[caller] " " $3 }
function deepest(name,    each, names, count, i, depth, most) {
	if (name in depths)
		return depths[name]
	count = split(calls[name], names, " ")
	for (i = 1; i <= count; i++) {
		depth = deepest(names[i])
		if (depth > most) {
			most = depth
			next_of[name] = names[i]
		}
	}
	return depths[name] = stack[name] + most
}
END {
	for (name in stack)
		if (deepest(name) > MOST) {
			way = name " " stack[name]
			for (each = name; each in next_of; each = next_of[each])
				way = way ", " next_of[each] " " stack[next_of[each]]
			print "stack of " depths[name] " bytes, of at most " MOST ": " way > "/dev/stderr"
			status = 1
		} else if (PRINT)
			print depths[name], name
	exit status
}
