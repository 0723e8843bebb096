// Checks a sample of our log with Go's implementation of notes and Merkle trees, which knows
// nothing of ours: every note opens, every root is that of the entries, every proof holds; and a
// changed note, entry or proof fails.
//
//	go run check_log.go counting.go log.json
package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	From   int64    `json:"from"`
	Size   int64    `json:"size"`
	Hashes [][]byte `json:"hashes"`
}

type sample struct {
	Key         string   `json:"key"`
	Entries     [][]byte `json:"entries"`
	Notes       [][]byte `json:"notes"`
	Inclusion   []proof  `json:"inclusion"`
	Consistency []proof  `json:"consistency"`
}

func changed(bytes []byte, at int) []byte {
	copied := append([]byte(nil), bytes...)
	copied[at] ^= 1
	return copied
}

func load(path string) sample {
	text, err := os.ReadFile(path)
	holds(err, "reading %s", path)
	var log sample
	holds(json.Unmarshal(text, &log), "parsing %s", path)
	return log
}

// hashes as Go's functions take them.
func hashes(p proof) []tlog.Hash {
	list := make([]tlog.Hash, len(p.Hashes))
	for i, hash := range p.Hashes {
		if len(hash) != tlog.HashSize {
			fail("a hash of %d bytes", len(hash))
		}
		copy(list[i][:], hash)
	}
	return list
}

// roots opens all notes and gives the root of each size.
func roots(log sample, origin string, verifiers note.Verifiers) map[int64]tlog.Hash {
	bySize := map[int64]tlog.Hash{}
	for _, bytes := range log.Notes {
		opened, err := note.Open(bytes, verifiers)
		holds(err, "opening a note")
		if len(opened.Sigs) != 1 || len(opened.UnverifiedSigs) != 1 {
			fail("a note has %d known and %d unknown signatures", len(opened.Sigs), len(opened.UnverifiedSigs))
		}
		lines := strings.Split(opened.Text, "\n")
		if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
			fail("note text %q", opened.Text)
		}
		size, err := strconv.ParseInt(lines[1], 10, 64)
		holds(err, "size of a note")
		root, err := tlog.ParseHash(lines[2])
		holds(err, "root of a note")
		bySize[size] = root
		for at := range opened.Text {
			_, err := note.Open(changed(bytes, at), verifiers)
			breaks(err, "a note of %d entries changed at byte %d", size, at)
		}
	}
	return bySize
}

// checkRoots builds the tree from the entries, in Go.
func checkRoots(log sample, bySize map[int64]tlog.Hash) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		list := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			list[i] = stored[index]
		}
		return list, nil
	})
	for i, entry := range log.Entries {
		added, err := tlog.StoredHashes(int64(i), entry, reader)
		holds(err, "appending entry %d", i)
		stored = append(stored, added...)
		root, err := tlog.TreeHash(int64(i)+1, reader)
		holds(err, "root of %d entries", i+1)
		if root != bySize[int64(i)+1] {
			fail("root of %d entries is %s there and %s here", i+1, bySize[int64(i)+1], root)
		}
		held++
	}
}

func checkInclusion(log sample, bySize map[int64]tlog.Hash) {
	for _, p := range log.Inclusion {
		list, root, entry := hashes(p), bySize[p.Size], log.Entries[p.From]
		holds(tlog.CheckRecord(list, p.Size, root, p.From, tlog.RecordHash(entry)), "entry %d of %d", p.From, p.Size)
		breaks(tlog.CheckRecord(list, p.Size, root, p.From, tlog.RecordHash(changed(entry, len(entry)/2))),
			"entry %d of %d, changed", p.From, p.Size)
		if len(list) > 0 {
			list[0][0] ^= 1
			breaks(tlog.CheckRecord(list, p.Size, root, p.From, tlog.RecordHash(entry)),
				"entry %d of %d with a changed proof", p.From, p.Size)
		}
	}
}

func checkConsistency(log sample, bySize map[int64]tlog.Hash) {
	for _, p := range log.Consistency {
		list, root, old := hashes(p), bySize[p.Size], bySize[p.From]
		holds(tlog.CheckTree(list, p.Size, root, p.From, old), "size %d of %d", p.From, p.Size)
		old[0] ^= 1
		breaks(tlog.CheckTree(list, p.Size, root, p.From, old), "size %d of %d, another root", p.From, p.Size)
	}
}

func main() {
	if len(os.Args) != 2 {
		fail("usage: check_log log.json")
	}
	log := load(os.Args[1])
	verifier, err := note.NewVerifier(log.Key)
	holds(err, "verifier key %s", log.Key)
	bySize := roots(log, verifier.Name(), note.VerifierList(verifier))
	if len(log.Entries) == 0 || len(bySize) != len(log.Entries) {
		fail("%d entries and %d states", len(log.Entries), len(bySize))
	}
	if pairs := len(log.Entries) * (len(log.Entries) + 1) / 2; len(log.Inclusion) != pairs || len(log.Consistency) != pairs {
		fail("%d and %d proofs for %d pairs", len(log.Inclusion), len(log.Consistency), pairs)
	}
	checkRoots(log, bySize)
	checkInclusion(log, bySize)
	checkConsistency(log, bySize)
	report()
}
