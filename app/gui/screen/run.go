// Package screen draws app/flow with Fyne and hands taps and keys back to it. It
// reaches neither network nor disk, and does not import Fyne's app, so that it
// is tested without a display.
package screen

import (
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"sidekeep/app/flow"
	"sidekeep/assets"
	"sidekeep/export/source/all"
)

// Name and ID are those of the program before the system.
const (
	Name = "Sidekeep"
	ID   = "app.sidekeep.Sidekeep"
)

// Metadata is what a Fyne app of this program is made with.
func Metadata(version string) fyne.AppMetadata {
	return fyne.AppMetadata{
		ID: ID, Name: Name, Version: version, Icon: appIcon(),
		Migrations: map[string]bool{"fyneDo": true},
	}
}

func appIcon() fyne.Resource { return fyne.NewStaticResource("sidekeep.png", assets.AppIcon()) }

// Open makes the window of a, which is empty until the work is open. The flow
// is closed before the window is. dragging tells whether a button of the
// pointer is held down while it is over the window and another program has it;
// it is called on Fyne's goroutine, and nil where nobody knows.
func Open(a fyne.App, open func(flow.Owner) (flow.Work, error), dragging func() bool) fyne.Window {
	a.Settings().SetTheme(newLook())
	a.SetIcon(appIcon())
	w := a.NewWindow(Name)
	w.SetPadded(false)
	w.SetMaster()
	var s *shell
	var waiting atomic.Bool
	f := flow.New(flow.Options{
		Open:  open,
		Types: all.Types(),
		// Changes that come while one waits to be drawn are drawn with it.
		Changed: func() {
			if waiting.CompareAndSwap(false, true) {
				fyne.Do(func() {
					waiting.Store(false)
					s.draw(s.flow.View())
				})
			}
		},
	})
	s = newShell(f, w)
	s.dragging = dragging
	s.draw(f.View())
	w.SetContent(s)
	w.Resize(fyne.NewSize(windowWidth, windowHeight))
	w.SetOnDropped(s.dropped)
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { s.key(e.Name) })
	for _, k := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4} {
		c := &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault}
		w.Canvas().AddShortcut(c, func(fyne.Shortcut) { s.shortcut(c) })
	}
	ending := false
	w.SetCloseIntercept(func() {
		if ending {
			return
		}
		ending = true
		go func() {
			_ = f.Close() // nothing can be shown any more
			fyne.Do(w.Close)
		}()
	})
	f.Start()
	return w
}
