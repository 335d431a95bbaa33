package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"

	"sidekeep/export"
	"sidekeep/export/within"
)

// SideDir is the folder of an archive that holds nothing for a reader.
const SideDir = ".sidekeep"

// OpenWithin opens a folder of an archive, for the caller to close; fs.ErrNotExist
// if it is not there.
func OpenWithin(archiveDir, name string) (*within.Folder, error) {
	top, err := within.Open(archiveDir)
	if err != nil {
		return nil, err
	}
	f, err := top.Sub(name)
	if err != nil {
		return nil, errors.Join(err, top.Close())
	}
	return f, top.Close()
}

// limitsOf are what the services of accounts take, by account and by the ID of
// the collection, as they said at the last export.
type limitsOf map[string]map[string]export.Limits

// limitsFile keeps them, in SideDir, with at most maxLimits bytes.
const (
	limitsFile = "limits.json"
	maxLimits  = 64 << 20
)

// ReadLimits reads what was noted, which may be nothing.
func ReadLimits(archiveDir string) (limitsOf, error) {
	all := limitsOf{}
	var text []byte
	side, err := OpenWithin(archiveDir, SideDir)
	if err == nil {
		text, err = side.ReadFile(limitsFile, maxLimits)
		err = errors.Join(err, side.Close())
	}
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what the services take: %w", err)
	}
	if json.Unmarshal(text, &all) != nil || all == nil {
		all = limitsOf{} // cut off; the next export writes it again
	}
	return all, nil
}

// KeepLimits notes what the service of an account takes, for its proofs.
func KeepLimits(archiveDir, account string, src export.Source, list []export.CollectionLedger) error {
	to, ok := src.(export.Writer)
	if !ok {
		return nil
	}
	now := map[string]export.Limits{}
	for _, c := range list {
		l := to.Accepts(export.Collection{ID: c.ID, Name: c.Name, Kind: c.Kind})
		if l.ReadOnly = false; !reflect.DeepEqual(l, export.Limits{}) { // a practice service may be written to
			now[c.ID] = l
		}
	}
	return SetLimits(archiveDir, account, now)
}

// SetLimits notes the limits of an account, and forgets them if there are none.
func SetLimits(archiveDir, account string, now map[string]export.Limits) error {
	all, err := ReadLimits(archiveDir)
	if err != nil || len(now) == 0 && len(all[account]) == 0 {
		return err
	}
	text, err := json.Marshal(now)
	var read map[string]export.Limits
	if err == nil {
		err = json.Unmarshal(text, &read) // as it would be read
	}
	if err != nil || reflect.DeepEqual(all[account], read) {
		return err
	}
	if all[account] = now; len(now) == 0 {
		delete(all, account)
	}
	if text, err = json.Marshal(all); err == nil {
		var side *within.Folder
		if side, err = OpenWithin(archiveDir, SideDir); err == nil {
			err = errors.Join(side.WriteFile(limitsFile, text), side.Close())
		}
	}
	if err != nil {
		return fmt.Errorf("noting what the service takes: %w", err)
	}
	return nil
}
