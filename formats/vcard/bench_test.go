package vcard

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	govcard "github.com/emersion/go-vcard"

	"sidekeep/formats/contentline"
)

// cards makes n cards, with portraits of so many bytes.
func cards(n, portrait int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%d-%d\r\nN:Müller;Anna %d;;;\r\nFN:Anna %d Müller\r\nORG:Example\\, Inc.;Sales\r\n", i, random.Uint64(), i, i)
		fmt.Fprintf(&b, "TEL;TYPE=HOME,VOICE:+49 30 %d\r\nTEL;TYPE=CELL:+49 170 %d\r\nEMAIL;TYPE=INTERNET:anna%d@example.org\r\n", i, i, i)
		fmt.Fprintf(&b, "item1.ADR;TYPE=HOME:;;Hauptstraße %d;Berlin;;10115;Germany\r\nitem1.X-ABLabel:_$!<Home>!$_\r\nBDAY:1980-01-%02d\r\nNOTE:A note of some words\\, that goes on for a little while so that it has to b\r\n e folded\r\n", i, i%28+1)
		if portrait > 0 {
			raw := make([]byte, portrait)
			for i := range raw {
				raw[i] = byte(random.Uint32())
			}
			line := "PHOTO;ENCODING=b;TYPE=JPEG:" + base64.StdEncoding.EncodeToString(raw)
			for n := 75; len(line) > n; n = 74 {
				b.WriteString(line[:n] + "\r\n ")
				line = line[n:]
			}
			b.WriteString(line + "\r\n")
		}
		b.WriteString("REV:2024-01-01T00:00:00Z\r\nEND:VCARD\r\n")
	}
	return b.Bytes()
}

func split(b *testing.B, data []byte) {
	if err := contentline.Split(bytes.NewReader(data), func([]byte) error { return nil }); err != nil {
		b.Fatal(err)
	}
}

func view(b *testing.B, data []byte) {
	if err := contentline.Split(bytes.NewReader(data), func(raw []byte) error { _, err := View(raw); return err }); err != nil {
		b.Fatal(err)
	}
}

func goVCard(b *testing.B, data []byte) {
	d := govcard.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.Decode(); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

// compare measures ours, in turns with the first five of it go-vcard's decode
// of the same, and reports how many times as fast ours is, by the best round
// of each.
func compare(b *testing.B, data []byte, ours func(*testing.B, []byte)) {
	const never = time.Duration(1<<63 - 1)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	own, other := never, never
	for n := 0; b.Loop(); n++ {
		start := time.Now()
		ours(b, data)
		own = min(own, time.Since(start))
		if n < 5 {
			b.StopTimer()
			start = time.Now()
			goVCard(b, data)
			other = min(other, time.Since(start))
			b.StartTimer()
		}
	}
	b.ReportMetric(float64(other)/float64(own), "times-go-vcard")
}

func BenchmarkSplitPortraits(b *testing.B) { compare(b, cards(50, 37_500), split) } // 50 KB of base64
func BenchmarkSplitPlain(b *testing.B)     { compare(b, cards(2000, 0), split) }
func BenchmarkViewPortraits(b *testing.B)  { compare(b, cards(50, 37_500), view) }
func BenchmarkViewPlain(b *testing.B)      { compare(b, cards(10_000, 0), view) }

func BenchmarkPublishedLF(b *testing.B) {
	data := bytes.ReplaceAll(cards(50, 37_500), []byte("\r\n"), []byte("\n"))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Published(data); err != nil {
			b.Fatal(err)
		}
	}
}
