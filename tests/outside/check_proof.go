// Checks what `perdura audit prove` writes with Go's implementation of notes and Merkle trees,
// which knows nothing of ours: every entry is in the log, the log grew from every earlier size; and
// a changed entry, proof, root or note fails.
//
//	go run check_proof.go counting.go FOLDER
package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func read(path string) string {
	bytes, err := os.ReadFile(path)
	holds(err, "reading %s", path)
	return string(bytes)
}

func files(folder, pattern string) []string {
	found, err := filepath.Glob(filepath.Join(folder, pattern))
	holds(err, "listing %s", pattern)
	if len(found) == 0 {
		fail("no %s", pattern)
	}
	return found
}

// hashes of a proof, one line each in base64.
func hashes(lines []string) []tlog.Hash {
	list := make([]tlog.Hash, len(lines))
	for i, line := range lines {
		bytes, err := base64.StdEncoding.DecodeString(line)
		holds(err, "a hash of a proof")
		if len(bytes) != tlog.HashSize {
			fail("a hash of %d bytes", len(bytes))
		}
		copy(list[i][:], bytes)
	}
	return list
}

// split gives the lines above the empty one and the note below it.
func split(text string) ([]string, string) {
	head, below, found := strings.Cut(text, "\n\n")
	if !found {
		fail("no note in a proof")
	}
	return strings.Split(head, "\n"), below
}

// checkpoint opens a note under the log's key: size and root.
func checkpoint(text string, verifier note.Verifier) (int64, tlog.Hash) {
	verifiers := note.VerifierList(verifier)
	opened, err := note.Open([]byte(text), verifiers)
	holds(err, "opening a note")
	_, err = note.Open([]byte(strings.Replace(text, "/", "-", 1)), verifiers)
	breaks(err, "a note with another origin")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail("note text %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	holds(err, "size of a note")
	root, err := tlog.ParseHash(lines[2])
	holds(err, "root of a note")
	return size, root
}

func checkEntry(path string, verifier note.Verifier) {
	entry := []byte(read(strings.TrimSuffix(path, ".tlog-proof") + ".json"))
	head, below := split(read(path))
	if head[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(head[1], "index ") {
		fail("%s is no tlog-proof", path)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(head[1], "index "), 10, 64)
	holds(err, "index of %s", path)
	proof := hashes(head[2:])
	size, root := checkpoint(below, verifier)
	holds(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry)), "entry %d of %d", index, size)
	entry[len(entry)/2] ^= 1
	breaks(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry)), "entry %d, changed", index)
	entry[len(entry)/2] ^= 1
	proof[0][0] ^= 1
	breaks(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry)), "entry %d with another proof", index)
}

func checkGrowth(path string, verifier note.Verifier) {
	head, below := split(read(path))
	from := strings.Split(head[1], " ")
	if head[0] != "perdura-log-growth/1" || len(from) != 3 || from[0] != "from" {
		fail("%s shows no growth", path)
	}
	old, err := strconv.ParseInt(from[1], 10, 64)
	holds(err, "size in %s", path)
	oldRoot, err := tlog.ParseHash(from[2])
	holds(err, "root in %s", path)
	proof := hashes(head[2:])
	size, root := checkpoint(below, verifier)
	holds(tlog.CheckTree(proof, size, root, old, oldRoot), "%d entries of %d", old, size)
	oldRoot[0] ^= 1
	breaks(tlog.CheckTree(proof, size, root, old, oldRoot), "%d entries of %d, another root", old, size)
}

func main() {
	if len(os.Args) != 2 {
		fail("usage: check_proof FOLDER")
	}
	keys := strings.Split(read(filepath.Join(os.Args[1], "keys.txt")), "\n")
	verifier, err := note.NewVerifier(keys[0])
	holds(err, "verifier key %s", keys[0])
	for _, path := range files(os.Args[1], "entry-*.tlog-proof") {
		checkEntry(path, verifier)
	}
	for _, path := range files(os.Args[1], "growth-*.txt") {
		checkGrowth(path, verifier)
	}
	report()
}
