package flow

import (
	"context"

	"sidekeep/export"
)

// Owner is how the work reaches the person before the window. Its functions
// are called from the goroutine of the work, and wait for an answer; when the
// context ends, the answer is no.
type Owner struct {
	Ask    export.Ask
	Synced func(ctx context.Context, folder, service string) bool // may the archive lie in a folder that service synchronises?
	Moved  func(from, to string)                                  // the archive was found at another place
}
