package overview

import (
	"fmt"
	"os"
	"path/filepath"

	"sidekeep/app/work/desk"
)

// Mark tells two states of the archive apart by the size and the time of what is
// written last: whoever saw the same mark before need not read [Overview.Status]
// again, whichever process has written. It opens nothing; "" stands for no archive.
func (w Overview) Mark() (mark string) {
	dir := desk.NewPlace(w.d).ArchiveDir()
	for _, name := range []string{"history.db", desk.SideDir + "/verified.json"} {
		if info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			mark += fmt.Sprintln(dir, name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return mark
}
