package archive

import (
	"errors"
)

// searchFile is the full-text index of the history. It can be made again from
// it at any time.
const searchFile = sideDir + "/search.db"

// dropSearch removes the index, with all that was ever put into it. The next
// search makes it again.
func (a *Archive) dropSearch() error {
	return errors.Join(removeIfThere(a.disk, searchFile), removeIfThere(a.disk, searchFile+"-journal"))
}
