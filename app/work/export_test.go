package work

import "sidekeep/app/work/desk"

// DeskOf is what a work works on, for tests that look beneath it.
func DeskOf(w *Work) *desk.Desk { return w.d }
