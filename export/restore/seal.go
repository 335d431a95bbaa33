package restore

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"sidekeep/export/within"
)

// Names of the files of a journal, in its folder.
const (
	journalFile = "journal.jsonl"
	listFile    = "list.jsonl"
)

// A seal stands at the end of a line of JSON, as its last member.
const (
	sealFront = `,"seal":"`
	sealEnd   = `"}`
)

// sealed is a line, which is an object that has members, with its seal: the
// first half of an HMAC-SHA256 of the line as it is without. With an empty key
// it is the line.
func sealed(key string, line []byte) []byte {
	if key == "" {
		return line
	}
	out := append(bytes.Clone(line[:len(line)-1]), sealFront...)
	return append(append(out, sealOf(key, line)...), sealEnd...)
}

func sealOf(key string, line []byte) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write(line)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// unsealed is a line without its seal, and whether that is right. With an empty
// key every one is.
func unsealed(key string, line []byte) (_ []byte, right bool) {
	i := bytes.LastIndex(line, []byte(sealFront))
	if i < 0 || !bytes.HasSuffix(line, []byte(sealEnd)) {
		return line, key == ""
	}
	seal := line[i+len(sealFront) : len(line)-len(sealEnd)]
	line = append(bytes.Clone(line[:i]), '}')
	return line, key == "" || hmac.Equal(seal, []byte(sealOf(key, line)))
}

// ReadJournal reads the records of the journal in dir from its beginning, nothing
// if there is none. A record that does not bear the seal of key, if that is not
// empty, or that cannot be read, is yielded as far as it can be and is
// [Record.Forged]. A last line that a stop cut off is left out.
func ReadJournal(dir *within.Folder, key string, yield func(Record) error) error {
	return eachLine(dir, journalFile, func(line []byte) error {
		line, right := unsealed(key, line)
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			r.forged = true
		}
		r.forged = r.forged || !right
		return yield(r)
	})
}

// Begun reports whether the restore in the folder name of dir has a list, or has
// written anything: one that has neither was stopped before it began.
func Begun(dir *within.Folder, name string) bool {
	_, err := dir.Lstat(name + "/" + listFile)
	if !errors.Is(err, fs.ErrNotExist) {
		return true
	}
	info, err := dir.Lstat(name + "/" + journalFile)
	return err == nil && info.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist)
}

// eachLine reads a file of a journal line by line; nothing if it is not there.
func eachLine(dir *within.Folder, name string, yield func(line []byte) error) error {
	f, err := dir.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the journal: %w", err)
		}
		if err := yield(bytes.TrimRight(line, "\r\n")); err != nil {
			return err
		}
	}
}
