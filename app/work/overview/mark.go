package overview

import (
	"fmt"
	"os"
	"path/filepath"

	"sidekeep/app/work/desk"
)

// Mark tells two states of the archive, and of the tries to export into it, apart by
// the size and the time of what is written last: whoever saw the same mark before need not read [Overview.Status]
// again, whichever process has written. It opens nothing; "" stands for no archive.
func (w Overview) Mark() (mark string) {
	dir := desk.NewPlace(w.d).ArchiveDir()
	for _, file := range []string{filepath.Join(dir, "history.db"), filepath.Join(dir, desk.SideDir, "verified.json"), desk.UnbegunFile(w.d)} {
		if info, err := os.Lstat(file); err == nil {
			mark += fmt.Sprintln(file, info.Size(), info.ModTime().UnixNano())
		}
	}
	return mark
}
