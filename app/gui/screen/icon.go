package screen

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sidekeep/assets"
)

const inkOfIcons = "#14201E"

var strokeWidth = regexp.MustCompile(`stroke-width="([0-9.]+)"`)

// drawing makes a resource of an SVG in assets for one set of colours and one
// scale: Fyne recolours fills only and draws strokes in device pixels whatever
// the size of the picture. scale is device pixels per unit of the drawing. The
// name of the resource tells them all, because Fyne caches pictures by name.
func drawing(name string, scale float32, colours *strings.Replacer, key string) fyne.Resource {
	svg := assets.Drawing(name)
	svg = strokeWidth.ReplaceAllFunc(svg, func(m []byte) []byte {
		w, err := strconv.ParseFloat(string(strokeWidth.FindSubmatch(m)[1]), 32)
		if err != nil {
			return m
		}
		return fmt.Appendf(nil, `stroke-width="%.3f"`, float32(w)*scale)
	})
	var b bytes.Buffer
	if _, err := colours.WriteString(&b, string(svg)); err != nil {
		b.Reset()
	}
	return fyne.NewStaticResource(fmt.Sprintf("%s-%s-%.3f.svg", name, key, scale), b.Bytes())
}

// pixels is how many device pixels a unit has where o is shown.
func pixels(o fyne.CanvasObject) float32 {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		if x, _ := c.PixelCoordinateForPosition(fyne.NewPos(1000, 0)); x > 0 {
			return float32(x) / 1000
		}
	}
	return 1
}

// icon is a drawing of 24 by 24 in one colour, at 16, 20 or 24.
type icon struct {
	widget.BaseWidget
	name   string
	colour fyne.ThemeColorName
	size   float32
}

func newIcon(name string, colour fyne.ThemeColorName, size float32) *icon {
	i := &icon{name: name, colour: colour, size: size}
	i.ExtendBaseWidget(i)
	return i
}

// set changes what is drawn, and redraws only if that differs.
func (i *icon) set(name string, colour fyne.ThemeColorName) {
	if i.name != name || i.colour != colour {
		i.name, i.colour = name, colour
		i.Refresh()
	}
}

func (i *icon) CreateRenderer() fyne.WidgetRenderer {
	return newPicture(i, func() (fyne.Resource, fyne.Size) {
		hex := hexOf(paint(i.colour))
		scale := i.size / 24 * pixels(i)
		if i.size <= 16 {
			scale *= 2 / 1.7 // small icons are drawn with a stroke of 2
		}
		r := drawing(i.name, scale, strings.NewReplacer(inkOfIcons, hex), strings.ToLower(hex[1:]))
		return r, fyne.NewSquareSize(i.size)
	})
}

// art is a drawing in the colours of the light theme, recoloured in the dark.
type art struct {
	widget.BaseWidget
	name string
	size fyne.Size
	unit float32 // size of one unit of the drawing
}

func newArt(name string, size fyne.Size, unit float32) *art {
	a := &art{name: name, size: size, unit: unit}
	a.ExtendBaseWidget(a)
	return a
}

func (a *art) CreateRenderer() fyne.WidgetRenderer {
	return newPicture(a, func() (fyne.Resource, fyne.Size) {
		variant := fyne.CurrentApp().Settings().ThemeVariant()
		key := "light"
		var pairs []string
		if variant == theme.VariantDark {
			key = "dark"
			// White is the card's colour and that of a mark on the accent;
			// a drawing means the second by #FEFEFE.
			pairs = append(pairs, "#FEFEFE", hexOf(dark[colorOn]))
			for _, n := range []fyne.ThemeColorName{colorBG, colorCard, colorLine, colorField, colorAcc, colorAccS} {
				pairs = append(pairs, hexOf(light[n]), hexOf(dark[n]))
			}
		}
		return drawing(a.name, a.unit*pixels(a), strings.NewReplacer(pairs...), key), a.size
	})
}

// picture renders one SVG; what is asked at every refresh.
type picture struct {
	image *canvas.Image
	what  func() (fyne.Resource, fyne.Size)
	of    fyne.CanvasObject
}

func newPicture(of fyne.CanvasObject, what func() (fyne.Resource, fyne.Size)) *picture {
	res, _ := what()
	p := &picture{image: canvas.NewImageFromResource(res), what: what, of: of}
	p.image.FillMode = canvas.ImageFillContain
	return p
}

func (p *picture) Layout(s fyne.Size) {
	_, size := p.what()
	p.image.Resize(size)
	p.image.Move(fyne.NewPos((s.Width-size.Width)/2, (s.Height-size.Height)/2))
	p.Refresh()
}

func (p *picture) MinSize() fyne.Size {
	_, size := p.what()
	return size
}

func (p *picture) Refresh() {
	res, _ := p.what()
	if p.image.Resource == nil || p.image.Resource.Name() != res.Name() {
		p.image.Resource = res
		p.image.Refresh()
	}
}

func (p *picture) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{p.image} }
func (p *picture) Destroy()                     {}
