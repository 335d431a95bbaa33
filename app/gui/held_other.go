//go:build !linux

package gui

// pointerHeld returns nil: only X11 tells of the pointer's way while another
// program drags.
func pointerHeld() func() bool { return nil }
