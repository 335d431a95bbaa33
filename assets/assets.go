// Package assets has what is built into the program and holds no logic: icons,
// the font, and the demo phone's data.
package assets

import "embed"

//go:embed icons/*.svg mark.svg empty.svg
var drawings embed.FS

//go:embed icon.png
var icon []byte

//go:embed fonts/Inter-Regular.otf
var regular []byte

//go:embed fonts/Inter-SemiBold.otf
var semibold []byte

//go:embed fonts/OFL.txt
var fontLicence string

// Drawing returns the SVG of an icon ("shield"), of the program's mark
// ("mark") or of the picture on the first page ("empty"); nil if there is
// none of that name. Icons are drawn in #14201E, all else in the colours of
// the light theme.
func Drawing(name string) []byte {
	for _, path := range []string{"icons/" + name + ".svg", name + ".svg"} {
		if b, err := drawings.ReadFile(path); err == nil {
			return b
		}
	}
	return nil
}

// AppIcon is the program's icon, a PNG of 512 by 512 pixels. The caller must
// not change it; that holds for the fonts as well.
func AppIcon() []byte { return icon }

// Regular is the font Inter Regular (OpenType).
func Regular() []byte { return regular }

// SemiBold is the font Inter SemiBold (OpenType).
func SemiBold() []byte { return semibold }

// FontLicence is the SIL Open Font License under which the fonts are given.
func FontLicence() string { return fontLicence }
