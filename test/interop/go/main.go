// Foreignjudge checks a Qingpai log with code that is not ours: the notes, trees, proofs and tiles of the Go
// checksum database (golang.org/x/mod/sumdb). It knows nothing of auctions.
//
//	go run . -policy policy.txt 20261124-01                                   an unpacked export.tar
//	go run . -policy policy.txt http://localhost:8020/api/shows/20261124-01   a running server
//
// The policy is the auditor's own. It prints what it checked as JSON, or says what does not hold and exits with 1.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is that of c2sp.org/tlog-tiles: 256 hashes in a tile.
const tileHeight = 8

type counts struct {
	Origin      string `json:"origin"`
	Leaves      int64  `json:"leaves"`
	Inclusions  int64  `json:"inclusions"`
	Checkpoints int    `json:"checkpoints"`
	Consistency int    `json:"consistency"`
	Tiles       int    `json:"tiles"`
	Receipts    int    `json:"receipts"`
}

func main() {
	policy := flag.String("policy", "policy.txt", "the keys you trust (c2sp.org/tlog-policy)")
	receipts := flag.Int("receipts", 0, "how many receipts to ask a running server for")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	checked, err := judge(source(flag.Arg(0)), *policy, *receipts)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(checked)
}

func judge(from source, policy string, receipts int) (*counts, error) {
	keys, err := logKeys(policy)
	if err != nil {
		return nil, err
	}
	text, err := from.read("checkpoint")
	if err != nil {
		return nil, err
	}
	newest, err := openCheckpoint(text, keys)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	tiles := &tileReader{from: from, seen: map[string]bool{}}
	hashes := tlog.TileHashReader(newest.Tree, tiles)
	checked := &counts{Origin: newest.origin, Leaves: newest.N}
	if err := checkLeaves(from, newest, hashes, checked); err != nil {
		return nil, err
	}
	if err := checkHistory(from, keys, newest, hashes, checked); err != nil {
		return nil, err
	}
	for n := range receipts {
		if err := checkReceipt(from, keys, newest.N*int64(n)/int64(receipts)); err != nil {
			return nil, err
		}
		checked.Receipts++
	}
	checked.Tiles = len(tiles.seen)
	return checked, nil
}

// checkpoint is a signed head: three lines, c2sp.org/tlog-checkpoint.
type checkpoint struct {
	origin string
	tlog.Tree
}

func openCheckpoint(text []byte, keys note.Verifiers) (*checkpoint, error) {
	opened, err := note.Open(text, keys)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return nil, errors.New("a checkpoint has three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return nil, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, err
	}
	if opened.Sigs[0].Name != lines[0] {
		return nil, fmt.Errorf("signed by %s, not by %s", opened.Sigs[0].Name, lines[0])
	}
	return &checkpoint{lines[0], tlog.Tree{N: size, Hash: root}}, nil
}

// logKeys reads the keys of logs that the auditor pinned; witnesses sign another kind of statement.
func logKeys(path string) (note.Verifiers, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var verifiers []note.Verifier
	for _, line := range strings.Split(string(text), "\n") {
		if key, ok := strings.CutPrefix(line, "log "); ok {
			verifier, err := note.NewVerifier(strings.TrimSpace(key))
			if err != nil {
				return nil, err
			}
			verifiers = append(verifiers, verifier)
		}
	}
	return note.VerifierList(verifiers...), nil
}

// checkLeaves recomputes each leaf's hash from its own bytes and proves that it is in the tree.
func checkLeaves(from source, head *checkpoint, hashes tlog.HashReader, checked *counts) error {
	const width = 1 << tileHeight
	for at := int64(0); at < head.N; at += width {
		tile := tlog.Tile{H: tileHeight, L: -1, N: at / width, W: int(min(width, head.N-at))}
		entries, err := from.read(pathOf(tile))
		if err != nil {
			return err
		}
		for i := at; i < at+int64(tile.W); i++ {
			if len(entries) < 2 || len(entries) < 2+int(binary.BigEndian.Uint16(entries)) {
				return fmt.Errorf("%s ends within leaf %d", pathOf(tile), i)
			}
			length := int(binary.BigEndian.Uint16(entries))
			hash := tlog.RecordHash(entries[2 : 2+length])
			entries = entries[2+length:]
			proof, err := tlog.ProveRecord(head.N, i, hashes)
			if err != nil {
				return fmt.Errorf("leaf %d: %w", i, err)
			}
			if err := tlog.CheckRecord(proof, head.N, head.Hash, i, hash); err != nil {
				return fmt.Errorf("leaf %d: %w", i, err)
			}
			checked.Inclusions++
		}
		if len(entries) > 0 {
			return fmt.Errorf("%s holds more than its leaves", pathOf(tile))
		}
	}
	return nil
}

// checkHistory opens every checkpoint of the bundle and proves that the log only grew from one to the next.
func checkHistory(from source, keys note.Verifiers, newest *checkpoint, hashes tlog.HashReader, checked *counts) error {
	text, err := from.read("bundle")
	if err != nil {
		return err
	}
	var bundle struct{ Checkpoints []string }
	if err := json.Unmarshal(text, &bundle); err != nil {
		return err
	}
	for _, signed := range bundle.Checkpoints {
		head, err := openCheckpoint([]byte(signed), keys)
		if err != nil {
			return fmt.Errorf("a checkpoint of the bundle: %w", err)
		}
		checked.Checkpoints++
		if head.N > newest.N {
			continue // a live log has grown since
		}
		proof, err := tlog.ProveTree(newest.N, head.N, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, newest.N, newest.Hash, head.N, head.Hash); err != nil {
			return fmt.Errorf("from %d to %d: %w", head.N, newest.N, err)
		}
		checked.Consistency++
	}
	return nil
}

// checkReceipt takes a receipt (c2sp.org/tlog-proof) as a phone gets it.
func checkReceipt(from source, keys note.Verifiers, i int64) error {
	text, err := from.read(fmt.Sprintf("receipts/%d", i))
	if err != nil {
		return err
	}
	var receipt struct{ Leaf, Proof string }
	if err := json.Unmarshal(text, &receipt); err != nil {
		return err
	}
	above, signed, ok := strings.Cut(receipt.Proof, "\n\n")
	lines := strings.Split(above, "\n")
	if !ok || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != fmt.Sprintf("index %d", i) {
		return fmt.Errorf("receipt %d is no tlog-proof of it", i)
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		bytes, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(bytes) != tlog.HashSize {
			return fmt.Errorf("receipt %d: %q is no hash", i, line)
		}
		proof = append(proof, tlog.Hash(bytes))
	}
	head, err := openCheckpoint([]byte(signed), keys)
	if err != nil {
		return fmt.Errorf("receipt %d: %w", i, err)
	}
	return tlog.CheckRecord(proof, head.N, head.Hash, i, tlog.RecordHash([]byte(receipt.Leaf)))
}

// tileReader reads tiles where c2sp.org/tlog-tiles puts them. The reader above it checks them against the root.
type tileReader struct {
	from source
	lock sync.Mutex
	seen map[string]bool
}

func (r *tileReader) Height() int { return tileHeight }

func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for k, tile := range tiles {
		bytes, err := r.from.read(pathOf(tile))
		if err != nil {
			return nil, err
		}
		read[k] = bytes
		r.lock.Lock()
		r.seen[pathOf(tile)] = true
		r.lock.Unlock()
	}
	return read, nil
}

func (r *tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

// pathOf names a tile as tlog-tiles does: without the height, and `entries` for the leaves themselves.
func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// source is a folder, or the address of a show on a server.
type source string

func (s source) read(name string) ([]byte, error) {
	if !strings.HasPrefix(string(s), "http") {
		if name == "bundle" {
			name = "bundle.json"
		}
		return os.ReadFile(filepath.Join(string(s), filepath.FromSlash(name)))
	}
	if name == "checkpoint" || strings.HasPrefix(name, "tile/") {
		name = "log/" + name
	}
	answer, err := http.Get(string(s) + "/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", name, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
