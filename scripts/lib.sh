# shellcheck shell=bash
# Shared by the scripts: where things are, messages, timed phases. To be sourced, not run:
#
#     . "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
#     show_help_if_asked "$@"    # --help prints the script's own header
#     prepare                    # runs scripts/setup once, then everything below is true
#     cd "$VOLTREE_ROOT"
#
# Exports:
#     VOLTREE_ROOT       the clone
#     VOLTREE_CACHE      what the scripts keep outside it
#     CARGO_TARGET_DIR   what cargo builds; kept between clones
#     VOLTREE_NODE       the built node
#     VOLTREE_PYTHON     a Python with scripts/clients/requirements.txt
# and, where scripts/setup had to choose, RUSTUP_TOOLCHAIN and WASM_BUILD_TOOLCHAIN.

VOLTREE_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
VOLTREE_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/voltree
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$VOLTREE_CACHE/target}
# Cargo reads a relative path from where it stands; the scripts change folder.
[[ $CARGO_TARGET_DIR == /* ]] || CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR
VOLTREE_NODE=$CARGO_TARGET_DIR/release/voltree-node
VOLTREE_PYTHON=$VOLTREE_CACHE/python/bin/python
export VOLTREE_ROOT VOLTREE_CACHE CARGO_TARGET_DIR VOLTREE_NODE VOLTREE_PYTHON

# rustup's cargo comes before one of the system's, which setup may have installed.
cargo_home_bin=${CARGO_HOME:-$HOME/.cargo}/bin
if [[ -x $cargo_home_bin/rustup && $(command -v cargo) != "$cargo_home_bin/cargo" ]]; then
	export PATH=$cargo_home_bin:$PATH
fi
unset cargo_home_bin

# --- Messages ---

say() {
	printf '==> %s\n' "$*"
}

warn() {
	printf 'WARNING: %s\n' "$*" >&2
}

# fail WHAT WHAT-TO-DO: both are said, then the script ends.
fail() {
	printf 'ERROR: %s\n' "$1" >&2
	[[ $# -lt 2 ]] || printf '       %s\n' "${@:2}" >&2
	exit 1
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# The help of a script is the comment at its top.
show_help_if_asked() {
	local argument
	for argument; do
		if [[ $argument == --help || $argument == -h ]]; then
			awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"
			exit 0
		fi
	done
}

no_arguments() {
	[[ $# -eq 0 ]] || fail "$(basename -- "$0") takes no argument '$1'." "See $(basename -- "$0") --help."
}

# 75 -> 1 min 15 s
in_words() {
	if (($1 < 60)); then
		printf '%d s' "$1"
	else
		printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
	fi
}

# --- What scripts/setup chose ---

rust_channel() {
	sed -n 's/^channel *= *"\(.*\)"/\1/p' "$VOLTREE_ROOT/rust-toolchain.toml"
}

# One file per Rust version, so that clones of different ages can share the cache.
choices_file() {
	printf '%s/choices-%s' "$VOLTREE_CACHE" "$(rust_channel)"
}

load_choices() {
	local key value
	[[ -f $(choices_file) ]] || return 0
	while IFS='=' read -r key value; do
		case $key in
			RUSTUP_TOOLCHAIN | WASM_BUILD_TOOLCHAIN)
				# What the user exported wins.
				[[ -n ${!key:-} ]] || export "$key=$value"
				;;
		esac
	done <"$(choices_file)"
}

# Runs setup, once however deep the scripts call each other, and loads what it chose.
prepare() {
	if [[ -z ${VOLTREE_PREPARED:-} ]]; then
		if [[ -n ${VOLTREE_RUN:-} ]]; then
			phase "set up" "$VOLTREE_ROOT/scripts/setup"
		else
			"$VOLTREE_ROOT/scripts/setup"
		fi
		export VOLTREE_PREPARED=yes
	fi
	load_choices
}

# --- Phases ---
#
# begin_run                  first; at the end of the outermost script it prints the table of phases
#                            and stops every process that is left
# phase NAME PROGRAM ARGS    runs a program (not a shell function: set -e would be off inside),
#                            notes its time, ends the script if it fails; the variable `shown`
#                            replaces the command in the heading
# What a phase appends to $VOLTREE_RUN/notes is printed below the table.
#
# VOLTREE_RUN names a temporary folder for the notes. It is in the environment of everything the
# run starts, and that is how left-over processes are found, whatever they did to their session.

begin_run() {
	[[ -z ${VOLTREE_RUN:-} ]] || return 0
	VOLTREE_RUN=$(mktemp -d "${TMPDIR:-/tmp}/voltree-run.XXXXXXXX")
	export VOLTREE_RUN
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap end_run EXIT
}

phase() {
	local name=$1 start=$SECONDS status=0
	shift
	printf '\n==> %s: %s\n' "$name" "${shown:-$*}"
	printf '%s\n' "$name" >"$VOLTREE_RUN/current"
	attend "$@" || status=$?
	printf '%d\t%d\t%s\n' $((SECONDS - start)) "$status" "$name" >>"$VOLTREE_RUN/phases"
	rm -f -- "$VOLTREE_RUN/current"
	((status == 0)) || exit "$status"
}

# Runs a program in the background and waits for it: only so does bash heed a signal at once.
# Background programs would ignore Ctrl-C, so that is put back.
attend() {
	env --default-signal=INT,QUIT "$@" </dev/null &
	wait $!
}

end_run() {
	local status=$? seconds code name
	trap '' HUP INT TERM
	trap - EXIT
	stop_leftovers
	if [[ -f $VOLTREE_RUN/current ]]; then
		printf '%s\t%d\t%s\n' - "$status" "$(<"$VOLTREE_RUN/current")" >>"$VOLTREE_RUN/phases"
	fi
	if [[ -f $VOLTREE_RUN/phases ]]; then
		printf '\n'
		while IFS=$'\t' read -r seconds code name; do
			[[ $seconds == - ]] || seconds=$(in_words "$seconds")
			if ((code == 0)); then code=ok; else code="FAILED ($code)"; fi
			printf '%-32s %14s  %s\n' "$name" "$seconds" "$code"
		done <"$VOLTREE_RUN/phases"
		printf '%-32s %14s\n' total "$(in_words "$SECONDS")"
		[[ ! -f $VOLTREE_RUN/notes ]] || cat "$VOLTREE_RUN/notes"
	fi
	if ((status == 0)); then
		say "$(basename -- "$0"): passed"
	else
		say "$(basename -- "$0"): FAILED, the reason is above the table"
	fi
	rm -rf -- "$VOLTREE_RUN"
	exit "$status"
}

# The processes of this run that are still there, but for this script itself.
leftovers() {
	local pid
	env -u VOLTREE_RUN grep -lzxF "VOLTREE_RUN=$VOLTREE_RUN" /proc/[0-9]*/environ 2>/dev/null |
		while IFS=/ read -r _ _ pid _; do
			[[ $pid == "$$" ]] || printf '%s\n' "$pid"
		done
}

stop_leftovers() {
	local pids pid tries
	pids=$(leftovers) || true
	for pid in $pids; do
		warn "stopping what is still running: $pid $(cat "/proc/$pid/comm" 2>/dev/null)" || true
		kill -TERM "$pid" 2>/dev/null || true
	done
	for ((tries = 0; tries < 50; tries++)); do
		[[ -n $pids ]] || return 0
		sleep 0.1
		pids=$(leftovers) || true
	done
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null || true
	done
}
