package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// entry is Fyne's entry that tells the field around it how it stands.
type entry struct {
	widget.Entry
	hovered, focused bool
	look             func()
}

func (e *entry) MouseIn(*desktop.MouseEvent)    { e.hovered = true; e.look() }
func (e *entry) MouseMoved(*desktop.MouseEvent) {}
func (e *entry) MouseOut()                      { e.hovered = false; e.look() }

func (e *entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
	e.look()
	if s := shellOf(e); s != nil {
		s.reveal(e)
	}
}

func (e *entry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
	e.look()
}

func (e *entry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape, fyne.KeyReturn, fyne.KeyEnter:
		if s := shellOf(e); s != nil {
			s.key(k.Name)
		}
		return
	}
	e.Entry.TypedKey(k)
}

// TypedShortcut hands the shortcuts of the window on.
func (e *entry) TypedShortcut(sc fyne.Shortcut) {
	if c, ok := sc.(*desktop.CustomShortcut); ok {
		if s := shellOf(e); s != nil && s.shortcut(c) {
			return
		}
	}
	e.Entry.TypedShortcut(sc)
}

// roomy gives the entry of a field the margins of its height.
type roomy struct {
	fyne.Theme
	margin float32
	entry  *entry
}

// Color leaves the edge to the field, and fills an entry that is off.
func (r roomy) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch {
	case n == theme.ColorNameInputBorder:
		return color.Transparent
	case n == theme.ColorNameInputBackground && r.entry.Disabled():
		n = colorBtn
	}
	return r.Theme.Color(n, v)
}

func (r roomy) Size(n fyne.ThemeSizeName) float32 {
	if n == theme.SizeNameInnerPadding {
		return r.margin
	}
	return r.Theme.Size(n)
}

// field is a label, an entry, and below it a hint or what is wrong.
type field struct {
	widget.BaseWidget
	entry  *entry
	edge   *surface
	hint   *text
	wrong  *fyne.Container
	reason *text
	bad    bool
	all    *fyne.Container
}

// newField makes a field. A secret one hides what is typed and has a button
// that shows it.
func newField(label, hint, example string, height float32, secret bool) *field {
	f := &field{entry: &entry{}}
	f.entry.ExtendBaseWidget(f.entry)
	f.entry.look = f.state
	f.entry.PlaceHolder = example
	f.edge = newSurface("", colorField, 8, 1)
	if secret {
		f.entry.Password = true
		var show *button
		show = newButton(quiet, "", "Show", func() {
			f.entry.Password = !f.entry.Password
			show.say(map[bool]string{true: "Show", false: "Hide"}[f.entry.Password])
			f.entry.Refresh()
		})
		show.height = height - 10
		f.entry.ActionItem = inset(4, 4, 4, 0, show)
	}
	inner := container.NewThemeOverride(f.entry, roomy{fyne.CurrentApp().Settings().Theme(), (height - 18) / 2, f.entry})
	f.hint = newText(hint, caption, colorText2, wrap)
	f.reason = newText("", caption, colorRed, wrap)
	f.wrong = topRow(8, sized(16, 18, newIcon("info", colorRed, 16)), newGrow(f.reason))
	box := sized(0, height, stack(inner, f.edge))
	f.all = column(8, box, f.hint, f.wrong)
	if label != "" {
		f.all.Objects = append([]fyne.CanvasObject{newText(label, strong, colorText, wrap)}, f.all.Objects...)
	}
	f.ExtendBaseWidget(f)
	f.refuse("")
	return f
}

// refuse marks the field as wrong and says why; "" takes that back.
func (f *field) refuse(why string) {
	f.bad = why != ""
	f.reason.set(why)
	shown(f.wrong, f.bad)
	shown(f.hint, !f.bad && f.hint.value != "")
	f.all.Refresh()
	f.state()
}

func (f *field) state() {
	switch {
	case f.bad:
		f.edge.set("", colorRed, 2)
	case f.entry.Disabled():
		f.edge.set("", colorLine, 2) // covers the edge that the entry draws itself
	case f.entry.focused:
		f.edge.set("", colorAcc, 2)
	case f.entry.hovered:
		f.edge.set("", colorText2, 1)
	default:
		f.edge.set("", colorField, 1)
	}
}

func (f *field) disable(off bool) {
	if off != f.entry.Disabled() {
		if off {
			f.entry.Disable()
		} else {
			f.entry.Enable()
		}
		f.state()
	}
}

// HeightFor is the height with label and hint at that width.
func (f *field) HeightFor(width float32) float32 { return heightFor(f.all, width) }

func (f *field) MinSize() fyne.Size { return fyne.NewSize(120, f.all.MinSize().Height) }

func (f *field) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.all) }
