package screen

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sidekeep/app/flow"
	"sidekeep/app/work"
	"sidekeep/export/archive"
	"sidekeep/export/davserver"
)

// A computer is a display with the built program's window on it.
type computer struct {
	t       *testing.T
	dir     string
	program string
	env     []string
}

// newComputer builds the program and starts a display; the program's settings
// and archive are below dir.
func newComputer(t *testing.T) *computer {
	t.Helper()
	xvfb := need(t, "Xvfb", "xvfb")
	need(t, "xdotool", "xdotool")
	need(t, "import", "imagemagick")
	d := &computer{t: t, dir: t.TempDir()}
	d.program = filepath.Join(d.dir, "sidekeep")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", d.program, "sidekeep/app").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	d.env = append(os.Environ(), "DISPLAY="+display(t, xvfb), "LANG=en_US.UTF-8", "FYNE_THEME=light", "HOME="+d.dir, "XDG_CONFIG_HOME="+d.dir,
		"SIDEKEEP_SETTINGS="+filepath.Join(d.dir, "settings"), "SIDEKEEP_ARCHIVE="+filepath.Join(d.dir, "archive"))
	return d
}

// run runs a program to its end and returns what it wrote.
func (d *computer) run(name string, args ...string) []byte {
	d.t.Helper()
	c := exec.CommandContext(d.t.Context(), name, args...)
	c.Env, c.WaitDelay = d.env, 30*time.Second
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		d.t.Fatalf("%s %v: %v\n%s%s", filepath.Base(name), args, err, out, complaint.String())
	}
	return out
}

// start starts a program that ends with the test.
func (d *computer) start(name string, args ...string) {
	d.t.Helper()
	var log bytes.Buffer
	c := exec.CommandContext(d.t.Context(), name, args...)
	c.Dir, c.Env, c.Stdout, c.Stderr = d.dir, d.env, &log, &log
	if err := c.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		_ = c.Process.Kill() // it may have ended
		_ = c.Wait()
		if d.t.Failed() {
			d.t.Logf("%s wrote:\n%s", filepath.Base(name), log.String())
		}
	})
}

func (d *computer) pointer(args ...string) {
	d.t.Helper()
	d.run("xdotool", args...)
}

// drag drags from one place of the display to another in steps, calls over
// while the button is held there, and lets go.
func (d *computer) drag(from, to image.Point, over func()) {
	d.t.Helper()
	move := func(p image.Point) { d.pointer("mousemove", fmt.Sprint(p.X), fmt.Sprint(p.Y), "sleep", "0.05") }
	move(from)
	d.pointer("sleep", "0.2", "mousedown", "1", "sleep", "0.2")
	const steps = 15
	for i := 1; i <= steps; i++ {
		move(from.Add(to.Sub(from).Mul(i).Div(steps)))
	}
	over()
	move(to)
	d.pointer("sleep", "0.2", "mouseup", "1")
}

// at is the colour of the display at a place.
func (d *computer) at(p image.Point) color.NRGBA {
	d.t.Helper()
	out := d.run("import", "-window", "root", "-crop", fmt.Sprintf("1x1+%d+%d", p.X, p.Y), "png:-")
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		d.t.Fatalf("the picture of the display: %v", err)
	}
	return color.NRGBAModel.Convert(img.At(img.Bounds().Min.X, img.Bounds().Min.Y)).(color.NRGBA)
}

// soon waits for something to be so.
func soon(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !so(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s never came", what)
		}
	}
}

// gtkPython is a Python that has GTK 3, or ends the test like [need].
func gtkPython(t *testing.T) string {
	t.Helper()
	const python = "/usr/bin/python3"
	err := exec.CommandContext(t.Context(), python, "-c", "import gi; gi.require_version('Gtk', '3.0'); gi.require_version('Gdk', '3.0')").Run()
	if err != nil {
		need(t, "a Python with GTK 3", "python3-gi gir1.2-gtk-3.0")
	}
	return python
}

// TestDrag drags files from another program onto the window: one on the card of
// an account, which lights up, asks, and writes it there; and one beside it,
// which goes into the archive.
func TestDrag(t *testing.T) {
	python := gtkPython(t)
	d := newComputer(t)
	server, address := anna(t)
	d.run(d.program, "account", "add", "Anna", "--url", address, "--user", "anna", "--password-command", "printf secret", "--quiet")
	d.run(d.program, "export", "Anna", "--quiet")
	file := filepath.Join(d.dir, "choir.vcf")
	if err := os.WriteFile(file, []byte(personCard("new-1", "Maya")), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start(d.program)
	script, err := filepath.Abs("testdata/drag.py")
	if err != nil {
		t.Fatal(err)
	}
	d.start(python, script, file, "20", "760", "200", "80")
	card := cardPlace(t)
	corner := card.Min.Add(image.Pt(12, 30))
	soon(t, "the card", func() bool { return d.at(corner) == light[colorCard] })
	soon(t, "the other window", func() bool { return d.at(image.Pt(40, 780)) != color.NRGBA{A: 0xFF} })

	target := card.Min.Add(image.Pt(card.Dx()/2, card.Dy()/3))
	asks := func() bool { return d.at(corner) == light[colorAccS] }
	soon(t, "the question of the card on which something was let go", func() bool {
		d.drag(image.Pt(120, 800), target, func() {
			soon(t, "the light", func() bool {
				d.pointer("mousemove_relative", "1", "0") // a program tells of a drag when it moves
				return asks()
			})
		})
		// Whoever drags gives up if the window has not answered yet when the button
		// is let go: then it is dragged again. The light is out within a second.
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
			if d.pointer("sleep", "1"); !asks() {
				continue
			}
			if d.pointer("sleep", "1"); asks() {
				return true
			}
		}
		return false
	})
	if n := persons(t, server); n != 1 {
		t.Fatalf("%d people are there before anything was to be written", n)
	}
	soon(t, "what was dropped", func() bool {
		d.pointer("key", "Return", "sleep", "0.5") // the plan, and then the writing of it
		return persons(t, server) == 2
	})
	soon(t, "what was dropped beside the card", func() bool {
		d.drag(image.Pt(120, 800), image.Pt(900, 560), func() {}) // again, for as long as the writing goes on
		d.pointer("sleep", "2")
		return hasFiles(t, filepath.Join(d.dir, "archive"))
	})
	if n := persons(t, server); n != 2 {
		t.Errorf("%d people are there after an import", n)
	}
}

const annasBook = "/contacts/anna/book/"

// anna is a server with one person.
func anna(t *testing.T) (*davserver.Server, string) {
	t.Helper()
	s := davserver.New(davserver.Options{User: "anna", Password: "secret"})
	if err := s.MakeAddressBook(annasBook, davserver.Collection{Name: "Friends"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(annasBook+"1.vcf", []byte(personCard("1", "Ben"))); err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return s, h.URL + "/"
}

func personCard(uid, name string) string {
	return strings.Join([]string{"BEGIN:VCARD", "VERSION:3.0", "UID:" + uid, "FN:" + name, "N:;" + name + ";;;", "END:VCARD", ""}, "\r\n")
}

func persons(t *testing.T, s *davserver.Server) int {
	t.Helper()
	list, err := s.Items(annasBook)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// cardPlace is where the card of the only account is in a window that opens.
func cardPlace(t *testing.T) image.Rectangle {
	t.Helper()
	s, _ := open(t, fyne.NewSize(windowWidth, windowHeight))
	c := askedView("Anna", "").Cards[0]
	s.draw(flow.View{Page: flow.Home, Home: flow.HomeView{Title: "All is safe", Line: "Last export just now.", Cards: []flow.Card{c}}})
	k := s.page.(*homePage).byName[c.Account].all
	p, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(k), k.Size()
	return image.Rect(int(p.X), int(p.Y), int(p.X+size.Width), int(p.Y+size.Height))
}

// hasFiles reports whether dir has an account of imported files.
func hasFiles(t *testing.T, dir string) bool {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		return false // it is being written
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	accounts, err := a.Accounts(t.Context())
	for _, x := range accounts {
		if err == nil && x.Name == work.FilesName && x.LastGood != nil {
			return true
		}
	}
	return false
}
