package files

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sidekeep/export/source"
	"sidekeep/formats/zips"
)

// zip looks at everything in a zip archive that was named.
func (w *walk) zip(ctx context.Context, p string) error {
	z, err := zips.Open(p)
	if err != nil {
		return refused(p, err)
	}
	return w.unpack(ctx, p, z)
}

// inner looks at everything in a zip archive that is in a folder or another
// archive.
func (w *walk) inner(ctx context.Context, on *shelf, name string) error {
	if slices.Contains(documents, strings.ToLower(path.Ext(name))) {
		w.skip(on, name, "it holds no contacts, calendars, to-dos or photos", nil)
		return nil
	}
	var z *zips.FS
	var err error
	if outer, ok := on.fsys.(*zips.FS); ok {
		z, err = outer.Inner(name)
	} else {
		z, err = zips.OpenIn(on.fsys, name)
	}
	switch {
	case errors.Is(err, zips.ErrEmpty):
		w.skip(on, name, err.Error(), nil)
		return nil
	case err != nil:
		w.skip(on, name, clause(err), err)
		return nil
	}
	return w.unpack(ctx, on.full(name), z)
}

// unpack looks at everything in an archive, and names what cannot be read in it.
func (w *walk) unpack(ctx context.Context, p string, z *zips.FS) error {
	on := &shelf{fsys: z, path: p, zip: true, close: z.Close}
	w.shelves = append(w.shelves, on)
	for _, left := range z.Left() {
		w.skip(on, left.Name, clause(left.Err), left.Err)
	}
	return w.tree(ctx, on)
}

// documents are the endings of files that are zip archives inside, and none to a
// person.
var documents = []string{
	".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".xltx", ".pptx", ".pptm", ".ppsx", ".potx", ".odt", ".ods", ".odp", ".odg",
	".ott", ".epub", ".jar", ".war", ".apk", ".aab", ".ipa", ".xpi", ".whl", ".pages", ".numbers", ".key", ".kmz", ".3mf",
	".cbz", ".vsdx", ".sketch", ".nupkg", ".appx", ".msix", ".oxt", ".crx",
}

// unpacksItself tells whether a file is a program with a zip archive behind it.
func unpacksItself(on *shelf, name string) bool {
	f, err := on.fsys.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4)
	if n, err := f.Read(head); err != nil || n < len(head) {
		return false
	}
	if h := string(head); !strings.HasPrefix(h, "MZ") && h != "\x7fELF" && !strings.HasPrefix(h, "#!") && h != "PK\x07\x08" && h != "PK00" &&
		!strings.EqualFold(path.Ext(name), ".zip") {
		return false
	}
	z, err := zips.OpenIn(on.fsys, name)
	return err == nil && z.Close() == nil
}

// refused says why nothing is taken of an archive that was named.
func refused(p string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		return caused(err)
	}
	return &source.OtherError{Path: p, Why: clause(err)}
}

// clause is what an error of an archive says to a person.
func clause(err error) string {
	text := err.Error()
	for _, cause := range []error{zips.ErrBounds} {
		text = strings.TrimPrefix(text, cause.Error()+": ")
	}
	for _, tail := range []string{"zip: not a valid zip file", "zip: checksum error", "unknown method"} {
		text = strings.TrimSuffix(text, ": "+tail)
	}
	return text
}
