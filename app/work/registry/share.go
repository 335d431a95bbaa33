package registry

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"sidekeep/app/work/desk"
	"sidekeep/export/archive"
)

// Shared reports whether others on this computer may read the archive, as far
// as its folder tells; not if there is none.
func (w Registry) Shared() (shared bool, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil && desk.MayBegin(w.d, err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	shared, _ = a.OthersMay()
	return shared, a.Close()
}

// Share lets everybody on this computer read the archive, or its owner only. It
// is an error if the folder's permissions are not so then.
func (w Registry) Share(ctx context.Context, shared bool) error {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return err
	}
	err = a.SetShared(ctx, shared)
	if may, known := a.OthersMay(); err == nil && (!known || may != shared) {
		err = notSoOpen(a, shared)
	}
	return errors.Join(err, a.Close())
}

// notSoOpen says that the permissions of the archive's folder did not follow.
func notSoOpen(a *archive.Archive, shared bool) error {
	who := "others on this computer can read it as before"
	if shared {
		who = "others on this computer cannot read it yet"
	}
	if _, known := a.OthersMay(); !known {
		who = "who can read it is what " + runtime.GOOS + " says of the folder it is in"
	}
	return &desk.Error{
		What:    fmt.Sprintf("The folder %s does not take the permissions.", a.Dir()),
		Meaning: "Your wish is noted, and nothing else was changed: " + who + ".",
		Try:     "Change it as the owner of the folder, with the means of the system, or move the archive to a disk that knows who owns a file.",
	}
}
