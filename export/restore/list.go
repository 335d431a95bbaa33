package restore

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sidekeep/export"
	"sidekeep/export/within"
)

// A Wanted is a line of the list of a restore: an item that the owner agreed to
// have written. The list is made once, when the restore begins, and a line of
// it is open until it is done.
type Wanted struct {
	Line       int               `json:"line"` // from 1 on
	Account    string            `json:"account,omitempty"`
	Collection export.Collection `json:"collection"`
	ID         string            `json:"id"`
	UID        string            `json:"uid,omitempty"`
	Name       string            `json:"name,omitempty"` // for a person
	File       string            `json:"file,omitempty"`
	Folder     string            `json:"folder,omitempty"`
	Kind       export.Kind       `json:"kind"`
	Modified   time.Time         `json:"modified,omitzero"`
	Hash       string            `json:"hash"` // SHA-256 in hex of the bytes to write, as delivered
	Size       int64             `json:"size"`
	Choice     Choice            `json:"choice,omitempty"` // for the case that it differs
	Done       bool              `json:"-"`
}

// Key is the key of the item.
func (w *Wanted) Key() Key { return Key{w.Account, w.Collection.ID, w.ID} }

// Item is the item without its bytes.
func (w *Wanted) Item() (Item, error) {
	it := Item{Account: w.Account, Collection: w.Collection, ID: w.ID, UID: w.UID, Name: w.Name, File: w.File, Folder: w.Folder,
		Kind: w.Kind, Modified: w.Modified, Size: w.Size}
	sum, err := hex.DecodeString(w.Hash)
	if err != nil || len(sum) != len(it.Hash) {
		return it, fmt.Errorf("%w: line %d of the list of the restore", export.ErrDamaged, w.Line)
	}
	copy(it.Hash[:], sum)
	return it, nil
}

// ErrForeign says that a file of a restore is not as the restore wrote it.
var ErrForeign = errors.New("somebody changed what the restore noted")

// ReadList reads the list of the restore in dir, and which of its lines are
// done; nil if it has none. The error is ErrForeign if the list does not bear the
// seal of key.
func ReadList(dir *within.Folder, key string) ([]Wanted, error) {
	var list []Wanted
	err := eachLine(dir, listFile, func(line []byte) error {
		line, right := unsealed(key, line)
		var w Wanted
		if err := json.Unmarshal(line, &w); err != nil || !right || w.Line != len(list)+1 {
			return fmt.Errorf("%w: line %d of its list", ErrForeign, len(list)+1)
		}
		list = append(list, w)
		return nil
	})
	if err != nil || list == nil {
		return nil, err
	}
	lines := map[int]int{} // of the list, by deed
	err = ReadJournal(dir, key, func(r Record) error {
		if r.forged {
			return nil
		}
		if r.Step == Intent {
			lines[r.N] = r.Line
		}
		n := r.Line
		if n == 0 {
			n = lines[r.N]
		}
		if n < 1 || n > len(list) {
			return nil
		}
		switch r.Step {
		case Done, There:
			list[n-1].Done = true
		case Unseen, Undone:
			list[n-1].Done = false
		}
		return nil
	})
	return list, err
}

// Begin makes the list of the restore out of the lines of p that are to be
// written, and numbers those; if there is a list already, the lines of p that
// are in it get their numbers.
func (j *FileJournal) Begin(p *Plan) error {
	list, err := ReadList(j.dir, j.key)
	if err != nil {
		return err
	}
	if list == nil {
		return j.makeList(p)
	}
	at := map[Key]int{}
	for i := range list {
		at[list[i].Key()] = list[i].Line
	}
	for i := range p.Lines {
		p.Lines[i].number = at[p.Lines[i].Item.Key()]
	}
	return nil
}

func (j *FileJournal) makeList(p *Plan) error {
	var text []byte
	n := 0
	for i := range p.Lines {
		l := &p.Lines[i]
		if !l.writable() {
			continue
		}
		n++
		l.number = n
		it := &l.Item
		line, err := json.Marshal(Wanted{Line: n, Account: it.Account, Collection: it.Collection, ID: it.ID, UID: it.UID, Name: it.Name, File: it.File,
			Folder: it.Folder, Kind: it.Kind, Modified: it.Modified, Hash: hex.EncodeToString(it.Hash[:]), Size: it.Size, Choice: l.Choice})
		if err != nil {
			return fmt.Errorf("writing the list of the restore: %w", err)
		}
		text = append(append(text, sealed(j.key, line)...), '\n')
	}
	if n == 0 {
		return nil
	}
	if err := j.dir.WriteFile(listFile, text); err != nil {
		return fmt.Errorf("writing the list of the restore: %w", err)
	}
	return nil
}
