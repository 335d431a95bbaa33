// Package gui draws app/flow with Fyne and hands taps and keys back to it. It
// is the only importer of fyne.io, and reaches neither network nor disk.
package gui

import (
	"errors"

	"sidekeep/app/flow"
)

// Options are what the program tells its window.
type Options struct {
	Version string // of the program
}

// ErrNoDisplay says that there is no display to open a window on.
var ErrNoDisplay = errors.New("there is no display to open a window on")

// Run opens the window and returns when it is closed; it has to be called from
// the main goroutine. open is called once, from another goroutine, and makes
// the work with the owner that the window stands for; a failure is shown in the
// window. Run closes the work.
func Run(o Options, open func(flow.Owner) (flow.Work, error)) error {
	return ErrNoDisplay
}
