// Package gui opens the window on the display of this computer. It and
// app/gui/screen, which draws, are the only importers of fyne.io.
package gui

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"sidekeep/app/flow"
	"sidekeep/app/gui/screen"
)

// Options are what the program tells its window.
type Options struct {
	Version string // of the program
}

// ErrNoDisplay says that there is no display to open a window on.
var ErrNoDisplay = errors.New("there is no display to open a window on")

// Run opens the window and returns when it is closed; it has to be called from
// the main goroutine. open is called from another one and makes the work with
// the owner that the window stands for, again if the owner chooses another
// folder for a new archive; a failure is shown in the window. Run closes the
// work.
func Run(o Options, open func(flow.Owner) (flow.Work, error)) error {
	if !hasDisplay() {
		return ErrNoDisplay
	}
	app.SetMetadata(screen.Metadata(o.Version))
	w, err := openWindow(open)
	if err != nil {
		return err
	}
	w.ShowAndRun()
	return nil
}

// openWindow makes the window. GLFW panics if the display that the environment
// names does not answer.
func openWindow(open func(flow.Owner) (flow.Work, error)) (w fyne.Window, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrNoDisplay, p)
		}
	}()
	return screen.Open(app.NewWithID(screen.ID), open, pointerHeld()), nil
}

// hasDisplay reports whether there is a display; Fyne panics where there is
// none.
func hasDisplay() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
