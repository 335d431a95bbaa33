package flow

import (
	"sidekeep/export/settings"
)

// Work is what the screens need done; app/work does it. Each method may take
// its time and is called from a goroutine of its own.
type Work interface {
	Accounts() []settings.Account
	ArchiveDir() string
	Close() error
}
