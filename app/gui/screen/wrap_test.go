package screen

import (
	"testing"

	"fyne.io/fyne/v2"
)

// TestWrapRow: in a row that is too narrow no object is outside of it.
func TestWrapRow(t *testing.T) {
	objects := []fyne.CanvasObject{gap(100), gap(100), newSpring(), gap(60)}
	for _, c := range []struct{ width, height float32 }{{400, 100}, {276, 100}, {275, 168}, {120, 276}} {
		r := wrapRow(8, objects...)
		if h := heightFor(r, c.width); h != c.height {
			t.Errorf("%v wide: %v high, want %v", c.width, h, c.height)
		}
		r.Resize(fyne.NewSize(c.width, c.height))
		for i, o := range r.Objects {
			if _, ok := o.(*spring); ok {
				continue
			}
			if end := o.Position().X + o.Size().Width; end > c.width {
				t.Errorf("%v wide: object %d ends at %v", c.width, i, end)
			}
		}
	}
}
