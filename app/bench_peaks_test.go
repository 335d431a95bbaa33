package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// A desk is a settings folder, an archive and a folder of files, for one verb
// after the other.
type desk struct {
	b     *testing.B
	dir   string
	env   []string
	peaks map[string]int64
}

func newDesk(b *testing.B) *desk {
	dir := b.TempDir()
	return &desk{b, dir, []string{
		"SIDEKEEP_SETTINGS=" + filepath.Join(dir, "settings"), "SIDEKEEP_ARCHIVE=" + filepath.Join(dir, "archive"), "LC_ALL=C.UTF-8",
	}, map[string]int64{}}
}

// path is a file or folder of the desk.
func (d *desk) path(parts ...string) string {
	return filepath.Join(append([]string{d.dir}, parts...)...)
}

func (d *desk) write(name, body string) {
	d.b.Helper()
	if err := os.MkdirAll(filepath.Dir(d.path(name)), 0o700); err != nil {
		d.b.Fatal(err)
	}
	if err := os.WriteFile(d.path(name), []byte(body), 0o600); err != nil {
		d.b.Fatal(err)
	}
}

// incomplete are the exit codes of a verb that did its work and has something to
// tell: items that were set aside or refused.
var incomplete = []int{0, 1, 3}

// run runs a verb, and notes its peak under its words up to the first path.
func (d *desk) run(args ...string) {
	d.b.Helper()
	c, _, err := measure(d.b, new(atomic.Int64), d.env, program, args...)
	var exit *exec.ExitError
	ok := err == nil
	if errors.As(err, &exit) {
		for _, code := range incomplete {
			ok = ok || exit.ExitCode() == code
		}
	}
	if !ok {
		d.b.Fatalf("%v: %v", args, err)
	}
	var words []string
	for _, a := range args {
		if !strings.HasPrefix(a, d.dir) {
			words = append(words, a)
		}
	}
	name := strings.Join(words, " ")
	d.peaks[name] = max(d.peaks[name], c.peak)
	d.b.Logf("%-50s %4d MB %v cpu", name, c.peak>>20, c.cpu)
}

func (d *desk) highest() (name string, peak int64) {
	for n, p := range d.peaks {
		if p > peak {
			name, peak = n, p
		}
	}
	return name, peak
}

func (d *desk) report() {
	name, peak := d.highest()
	d.b.Logf("highest: %s", name)
	d.b.ReportMetric(float64(peak)/(1<<20), "MB-highest")
}

// BenchmarkPeaks tells what memory each verb takes at most with 10,000 contacts,
// every one of which changes once.
func BenchmarkPeaks(b *testing.B) {
	const n = 10_000
	for b.Loop() {
		d := newDesk(b)
		fill := func(note string) string {
			var all strings.Builder
			for i := range n {
				uid := fmt.Sprintf("contact-%05d", i)
				card := strings.Replace(benchCard(uid, i), "a dog", note, 1)
				d.write("phone/"+uid+".vcf", card)
				all.WriteString(card)
			}
			return all.String()
		}
		d.write("all.vcf", fill("a dog"))
		if err := os.MkdirAll(d.path("other"), 0o700); err != nil {
			b.Fatal(err)
		}
		d.run("account", "add", "phone", "--folder", d.path("phone"))
		d.run("export", "phone")
		d.run("export", "phone")
		fill("a cat")
		d.run("export", "phone")
		d.run("account", "add", "other", "--folder", d.path("other"))
		for _, verb := range [][]string{
			{"status"}, {"history"}, {"changes", "3"}, {"list", "contacts", "--json"}, {"search", "fair"}, {"verify"}, {"verify", "--repair"}, {"prove", "phone"},
			{"inspect", d.path("all.vcf")}, {"convert", "--to", "vcard4", "--out", d.path("four.vcf"), d.path("all.vcf")},
			{"convert", "--to", "csv", "--out", d.path("table.csv"), d.path("all.vcf")}, {"convert", "--to", "vcard3", "--out", d.path("three.vcf"), d.path("table.csv")},
			{"save", "--to", d.path("saved")}, {"import", d.path("all.vcf")},
			{"restore", "other", "--from", "phone", "--dry-run"}, {"restore", "other", "--from", "phone", "--yes"}, {"restore", "other", d.path("all.vcf"), "--dry-run"},
			{"undo", "--yes"}, {"prune", "--older-than", "1d", "--yes"}, {"forget", "phone", "--yes"},
		} {
			d.run(verb...)
		}
		d.report()
	}
}

// BenchmarkLargeCard tells what memory one card with a large portrait takes at
// most: one that is understood, and one that is set aside for its size.
func BenchmarkLargeCard(b *testing.B) {
	for _, mb := range []int{30, 50} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			for b.Loop() {
				d := newDesk(b)
				d.write("phone/large.vcf", largeCard(mb<<20))
				if err := os.MkdirAll(d.path("other"), 0o700); err != nil {
					b.Fatal(err)
				}
				d.run("account", "add", "phone", "--folder", d.path("phone"))
				d.run("account", "add", "other", "--folder", d.path("other"))
				card := d.path("phone", "large.vcf")
				for _, verb := range [][]string{
					{"export", "phone"}, {"export", "phone"}, {"import", card}, {"inspect", card}, {"verify"}, {"save", "--to", d.path("saved")}, {"search", "Large"},
					{"restore", "other", "--from", "phone", "--dry-run"}, {"restore", "other", "--from", "phone", "--yes"},
				} {
					d.run(verb...)
				}
				d.report()
			}
		})
	}
}

// largeCard is a card of about so many bytes, most of which are its portrait.
func largeCard(size int) string {
	raw := make([]byte, size*54/76)
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(raw) // it never fails
	text := base64.StdEncoding.EncodeToString(raw)
	var card strings.Builder
	card.Grow(size + 1<<10)
	card.WriteString("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:large\r\nFN:Large Card\r\nN:Card;Large;;;\r\nPHOTO;ENCODING=b;TYPE=JPEG:")
	for ; len(text) > 73; text = text[73:] {
		card.WriteString("\r\n " + text[:73])
	}
	card.WriteString("\r\n " + text + "\r\nEND:VCARD\r\n")
	return card.String()
}
