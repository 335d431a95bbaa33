package verify

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// Why a file is wrong that a later export, or whoever changed it, can put right.
const (
	isMissing  = "it is missing"
	noPlain    = "it is no plain file"
	wasChanged = "it was changed"
	otherHash  = "the manifest and the history tell different hashes of it"
	notListed  = "the manifest does not list it"
	notKnown   = "the manifest lists it, and the history does not know it"
)

// maxReread is how many bytes are read again to see whether what a verification
// named is right: a note is read often.
const maxReread = 64 << 20

// putRight drops from a round what it named and is right again: an open file that
// was not as written and is, a file of nobody that is gone. What is wrong with the
// history itself stays until it is verified again, and so does what takes more than
// maxReread bytes to see.
func (r *Round) putRight(a *history.Store) {
	if r == nil || len(r.Bad) == 0 {
		return
	}
	left := int64(maxReread)
	was := len(r.Bad)
	r.Bad = slices.DeleteFunc(slices.Clone(r.Bad), func(b history.Bad) bool { return isRight(a, b, &left) })
	r.Mended = was - len(r.Bad)
	r.BadCount -= r.Mended
}

// isRight reports whether what b names is as the history says.
func isRight(a *history.Store, b history.Bad, left *int64) bool {
	switch b.Why {
	case isMissing, noPlain, wasChanged, NoManifestLists:
	case otherHash, notListed, notKnown:
		if !isRight(a, history.Bad{Path: disk.ManifestFile, Why: wasChanged}, left) {
			return false
		}
	default:
		return false
	}
	var hash []byte
	rows, err := a.DB.QueryContext(context.Background(), "SELECT hash FROM file WHERE path = ?1 UNION ALL SELECT hash FROM photo WHERE path = ?1", b.Path)
	if err != nil {
		return false
	}
	for rows.Next() {
		err = errors.Join(err, rows.Scan(&hash))
	}
	if errors.Join(err, rows.Err(), rows.Close()) != nil {
		return false
	}
	info, err := a.Disk.Lstat(b.Path)
	if hash == nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() > *left {
		return false
	}
	*left -= info.Size()
	sum, _, err := disk.HashFile(context.Background(), a.Disk, b.Path, nil)
	return err == nil && bytes.Equal(sum[:], hash)
}
