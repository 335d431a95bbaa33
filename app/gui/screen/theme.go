package screen

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"sidekeep/assets"
)

// Names of the colours that Fyne has no name for.
const (
	colorSide  fyne.ThemeColorName = "side"  // sidebar
	colorTrack fyne.ThemeColorName = "track" // of a progress bar
	colorAmbT  fyne.ThemeColorName = "ambT"  // text on amber
	colorAmbS  fyne.ThemeColorName = "ambS"  // fill of a held card
	colorAmbL  fyne.ThemeColorName = "ambL"  // edge of a held card
	colorRedS  fyne.ThemeColorName = "redS"  // fill behind red
)

// initialColors are the pairs of fill and ink behind the initials of a person.
var initialColors = [][2]fyne.ThemeColorName{{"a0", "a0T"}, {"a1", "a1T"}, {"a2", "a2T"}, {"a3", "a3T"}, {"a4", "a4T"}, {"a5", "a5T"}}

// The colours by the names of Fyne.
const (
	colorBG    = theme.ColorNameBackground
	colorCard  = theme.ColorNameInputBackground
	colorLine  = theme.ColorNameSeparator
	colorField = theme.ColorNameInputBorder
	colorText  = theme.ColorNameForeground
	colorText2 = theme.ColorNamePlaceHolder
	colorOff   = theme.ColorNameDisabled
	colorBtn   = theme.ColorNameButton
	colorHover = theme.ColorNameHover
	colorAcc   = theme.ColorNamePrimary
	colorAccH  = theme.ColorNamePressed
	colorAccT  = theme.ColorNameHyperlink
	colorAccS  = theme.ColorNameSelection
	colorOn    = theme.ColorNameForegroundOnPrimary
	colorAmb   = theme.ColorNameWarning
	colorRed   = theme.ColorNameError
)

type palette map[fyne.ThemeColorName]color.NRGBA

var light = palette{
	colorBG: rgb(0xF5F8F7), colorSide: rgb(0xEBF0EF), colorCard: rgb(0xFFFFFF), colorLine: rgb(0xDAE2E0),
	colorField: rgb(0x7C8B88), colorText: rgb(0x14201E), colorText2: rgb(0x4A5957), colorOff: rgb(0x8B9997),
	colorBtn: rgb(0xE6ECEB), colorHover: rgb(0xDCE5E3), colorTrack: rgb(0xDCE6E4),
	colorAcc: rgb(0x0B6B66), colorAccH: rgb(0x085853), colorAccT: rgb(0x0A605C), colorAccS: rgb(0xDDEFEC), colorOn: rgb(0xFFFFFF),
	colorAmb: rgb(0x9A5B00), colorAmbT: rgb(0x794700), colorAmbS: rgb(0xFFF6E3), colorAmbL: rgb(0xE3B868),
	colorRed: rgb(0xB3261E), colorRedS: rgb(0xFCECEA),
	"a0": rgb(0xD7ECE8), "a0T": rgb(0x0A5752), "a1": rgb(0xE4ECF7), "a1T": rgb(0x264F88), "a2": rgb(0xF3E8F5), "a2T": rgb(0x6B3A77),
	"a3": rgb(0xF6EBDC), "a3T": rgb(0x70470F), "a4": rgb(0xE5EEDC), "a4T": rgb(0x3F5A1C), "a5": rgb(0xF6E3E1), "a5T": rgb(0x8A302A),
}

var dark = palette{
	colorBG: rgb(0x121817), colorSide: rgb(0x0D1211), colorCard: rgb(0x1A2221), colorLine: rgb(0x2C3836),
	colorField: rgb(0x71827F), colorText: rgb(0xE9F0EE), colorText2: rgb(0xA8B7B4), colorOff: rgb(0x667572),
	colorBtn: rgb(0x293432), colorHover: rgb(0x33403D), colorTrack: rgb(0x2C3836),
	colorAcc: rgb(0x56C7B9), colorAccH: rgb(0x7AD8CC), colorAccT: rgb(0x6ED3C6), colorAccS: rgb(0x15362F), colorOn: rgb(0x04211D),
	colorAmb: rgb(0xF0B54A), colorAmbT: rgb(0xF5C46B), colorAmbS: rgb(0x231F15), colorAmbL: rgb(0x7A5A1E),
	colorRed: rgb(0xFF8B80), colorRedS: rgb(0x3A1C1A),
	"a0": rgb(0x15362F), "a0T": rgb(0x6ED3C6), "a1": rgb(0x1C2A3E), "a1T": rgb(0x8DB4EC), "a2": rgb(0x33223A), "a2T": rgb(0xD3A2DE),
	"a3": rgb(0x3A2C18), "a3T": rgb(0xE8BE82), "a4": rgb(0x26341A), "a4T": rgb(0xB4D38C), "a5": rgb(0x3A2220), "a5T": rgb(0xF0A79F),
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

func hexOf(c color.Color) string {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return fmt.Sprintf("#%02X%02X%02X", n.R, n.G, n.B)
}

func colorsOf(v fyne.ThemeVariant) palette {
	if v == theme.VariantDark {
		return dark
	}
	return light
}

// alias gives the names of Fyne that share a colour with another name.
var alias = map[fyne.ThemeColorName]fyne.ThemeColorName{
	theme.ColorNameMenuBackground:      colorCard,
	theme.ColorNameOverlayBackground:   colorCard,
	theme.ColorNameHeaderBackground:    colorCard,
	theme.ColorNameDisabledButton:      colorBtn,
	theme.ColorNameFocus:               colorAcc,
	theme.ColorNameSuccess:             colorAcc,
	theme.ColorNameScrollBar:           colorField,
	theme.ColorNameForegroundOnError:   colorOn,
	theme.ColorNameForegroundOnSuccess: colorOn,
	theme.ColorNameForegroundOnWarning: colorOn,
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:               14,
	theme.SizeNameSubHeadingText:     18,
	theme.SizeNameHeadingText:        24,
	theme.SizeNameCaptionText:        13,
	theme.SizeNamePadding:            4,
	theme.SizeNameInnerPadding:       8,
	theme.SizeNameInputRadius:        8,
	theme.SizeNameSelectionRadius:    8,
	theme.SizeNameInputBorder:        1,
	theme.SizeNameInlineIcon:         20,
	theme.SizeNameSeparatorThickness: 1,
	theme.SizeNameScrollBar:          8,
	theme.SizeNameScrollBarSmall:     4,
}

// look is the theme: Inter in two weights, one accent colour, no shadow.
type look struct {
	fyne.Theme
	regular, bold fyne.Resource
}

func newLook() *look {
	return &look{
		Theme:   theme.DefaultTheme(),
		regular: fyne.NewStaticResource("Inter-Regular.otf", assets.Regular()),
		bold:    fyne.NewStaticResource("Inter-SemiBold.otf", assets.SemiBold()),
	}
}

func (l *look) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if to, ok := alias[name]; ok {
		name = to
	}
	if c, ok := colorsOf(v)[name]; ok {
		return c
	}
	switch name {
	case theme.ColorNameShadow, theme.ColorNameScrollBarBackground:
		return color.Transparent
	}
	return l.Theme.Color(name, v)
}

func (l *look) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace || s.Symbol || s.Italic:
		return l.Theme.Font(s)
	case s.Bold:
		return l.bold
	}
	return l.regular
}

func (l *look) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return l.Theme.Size(name)
}

// paint is the colour of that name in the variant that is shown now.
func paint(name fyne.ThemeColorName) color.Color {
	if name == "" {
		return color.Transparent
	}
	s := fyne.CurrentApp().Settings()
	return s.Theme().Color(name, s.ThemeVariant())
}
