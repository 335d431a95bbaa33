package restore

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"sidekeep/export"
	"sidekeep/export/within"
)

// A Deed is what is done to a target.
type Deed string

// The deeds.
const (
	Create  Deed = "create"     // an item that was not there
	Replace Deed = "replace"    // an item that was there, also by a merged one
	MakeNew Deed = "collection" // a collection that was not there
)

// A Step is how far a deed is.
type Step string

// The steps. Of each deed of a restore there is an intent and, once it is known
// what became of it, one of done and void; of its undoing there may be an undo,
// and then an undone or a left.
const (
	Intent  Step = "intent" // it is about to be written
	Done    Step = "done"   // it was written
	Void    Step = "void"   // it was not written: it was refused, or was there already
	Undoing Step = "undo"   // it is about to be turned back
	Undone  Step = "undone"
	Left    Step = "left" // it stays: someone changed it since
	// Unseen: the target said that it took it, and what is there afterwards is
	// not it: nothing, or with Kept something else. It counts as not done.
	Unseen Step = "unseen"
	// There: a line of the list is done without a deed, because the target has
	// it already. N is 0.
	There Step = "there"
)

// A Record is a line of a journal.
type Record struct {
	N          int               `json:"n"` // of the deed
	Step       Step              `json:"step"`
	At         time.Time         `json:"at"`
	Deed       Deed              `json:"deed,omitempty"`
	Collection export.Collection `json:"collection,omitzero"`
	Kind       export.Kind       `json:"kind,omitempty"`
	Name       string            `json:"name,omitempty"` // for a person
	UID        string            `json:"uid,omitempty"`
	File       string            `json:"file,omitempty"` // of a photo
	Folder     string            `json:"folder,omitempty"`
	Size       int64             `json:"size,omitempty"`
	Modified   time.Time         `json:"modified,omitzero"`
	// Before is what was there, and After what is there now; Version "" in
	// After says that it is not known.
	Before export.Ref `json:"before,omitzero"`
	After  export.Ref `json:"after,omitzero"`
	// Old and New are the SHA-256 in hex of what was there and of what is
	// written, and Says is what New says, whatever a server makes of its lines.
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
	Says string `json:"says,omitempty"`
	// Kept is the SHA-256 in hex of what the target has after it was written, with
	// its line ends as CRLF; "" if that is New.
	Kept string `json:"kept,omitempty"`
	// From is the collection whose items a new one takes.
	From *Key `json:"from,omitempty"`
	// Line is the place in the list of the restore, from 1 on; 0 if it has none.
	Line int `json:"line,omitempty"`
	// Why says why it was not written or stays.
	Why string `json:"why,omitempty"`

	forged bool
}

// Forged reports whether the restore did not write the record: it does not bear
// the seal of the journal, or cannot be read at all.
func (r *Record) Forged() bool { return r.forged }

// An OldBytes finds what items of a target were, by the SHA-256 of their bytes:
// the export that was made of it before the restore. The error is
// [export.ErrGone] if it has no such bytes. The caller closes the reader.
type OldBytes interface {
	Old(ctx context.Context, hash [32]byte) (io.ReadCloser, error)
}

// A Journal is what a restore keeps of what it does. Its methods may be called
// from several goroutines.
type Journal interface {
	OldBytes
	// Write adds records. They are safe after the next Sync.
	Write(records ...Record) error
	Sync() error
	// Records yields all that was written, in order.
	Records(yield func(Record) error) error
	// Keep keeps what an item was, for Old. It is safe when Keep returns.
	Keep(hash [32]byte, r io.Reader) error
}

// A FileJournal is a Journal in a folder: journal.jsonl, one record a line;
// list.jsonl, what is to be written; and old/ with what items were. A line that
// was cut off by a stop is dropped.
type FileJournal struct {
	dir *within.Folder
	key string
	mu  sync.Mutex
	f   *os.File
}

// Seal gives the key with which each record is sealed from now on, and without
// whose seal a record counts as written by somebody else. Without a key all
// records count.
func (j *FileJournal) Seal(key string) { j.key = key }

// OpenJournal opens the journal in dir, and makes it if it is not there. The
// caller closes it, and dir is closed with it, also on an error. One program at a
// time may have it open.
func OpenJournal(dir *within.Folder) (*FileJournal, error) {
	if err := dir.MkdirAll(oldDir); err != nil {
		return nil, fmt.Errorf("making the folder of the restore: %w", errors.Join(err, dir.Close()))
	}
	f, err := dir.OpenFile(journalFile, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, fmt.Errorf("opening the journal of the restore: %w", errors.Join(err, dir.Close()))
	}
	j := &FileJournal{dir: dir, f: f}
	if err := j.trim(); err != nil {
		return nil, fmt.Errorf("opening the journal of the restore: %w", errors.Join(err, j.Close()))
	}
	return j, nil
}

// trim drops a last line without an end.
func (j *FileJournal) trim() error {
	all, err := io.ReadAll(j.f)
	if err != nil {
		return err
	}
	end := int64(bytes.LastIndexByte(all, '\n') + 1)
	if end < int64(len(all)) {
		if err := j.f.Truncate(end); err != nil {
			return err
		}
	}
	_, err = j.f.Seek(end, io.SeekStart)
	return err
}

// Write appends records.
func (j *FileJournal) Write(records ...Record) error {
	var b []byte
	for _, r := range records {
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("writing the journal: %w", err)
		}
		b = append(append(b, sealed(j.key, line)...), '\n')
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.f.Write(b); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

// Sync makes what was written safe.
func (j *FileJournal) Sync() error {
	if err := j.f.Sync(); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

// Records reads the journal from its beginning.
func (j *FileJournal) Records(yield func(Record) error) error {
	return ReadJournal(j.dir, j.key, yield)
}

// Keep writes old/<hash> aside and renames it.
func (j *FileJournal) Keep(hash [32]byte, r io.Reader) error {
	name := oldName(hash)
	if info, err := j.dir.Lstat(name); err == nil && info.Mode().IsRegular() {
		return nil
	}
	temp := oldDir + "/new-" + rand.Text()
	f, err := j.dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return fmt.Errorf("keeping what is replaced: %w", err)
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), r)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil && [32]byte(h.Sum(nil)) != hash {
		err = fmt.Errorf("%w: it changed while it was read", export.ErrChanged)
	}
	if err == nil {
		err = j.dir.Rename(temp, name)
	}
	if err != nil {
		return fmt.Errorf("keeping what is replaced: %w", errors.Join(err, j.dir.Remove(temp)))
	}
	return nil
}

// Old opens what was kept.
func (j *FileJournal) Old(_ context.Context, hash [32]byte) (io.ReadCloser, error) {
	f, err := j.dir.Open(oldName(hash))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: it was not kept", export.ErrGone)
	case err != nil:
		return nil, err
	}
	return f, nil
}

// oldDir holds what items were, below the folder of the journal.
const oldDir = "old"

func oldName(hash [32]byte) string { return oldDir + "/" + hex.EncodeToString(hash[:]) }

// Close closes the journal.
func (j *FileJournal) Close() error { return errors.Join(j.f.Close(), j.dir.Close()) }
