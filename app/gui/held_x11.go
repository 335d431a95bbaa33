//go:build linux

package gui

// #cgo LDFLAGS: -lX11
// #include <X11/Xlib.h>
import "C"

// pointerHeld returns a function that tells whether the first button of the
// pointer is down, or nil if no X server answers. While another program drags,
// the window is told of the pointer's way, but not of the button. The
// connection stays open as long as the program runs.
func pointerHeld() func() bool {
	d := C.XOpenDisplay(nil)
	if d == nil {
		return nil
	}
	root := C.XDefaultRootWindow(d)
	return func() bool {
		var in, child C.Window
		var x, y, wx, wy C.int
		var mask C.uint
		C.XQueryPointer(d, root, &in, &child, &x, &y, &wx, &wy, &mask)
		return mask&C.Button1Mask != 0
	}
}
