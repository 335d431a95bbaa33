package zips

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// bzip2ed is made by Python's zipfile.
const bzip2ed = "504b03042e0000000c0000002100d74b81b6330000000b00000005000000622e766366425a6839314159265359555a44f70000021980400010001264c0102000220069ea100305d3b62183c5dc914e14241556913dc0504b01022e032e0000000c0000002100d74b81b6330000000b000000050000000000000000000000800100000000622e766366504b0506000000000100010033000000560000000000"

// A part is what an archive is made of here.
type part struct {
	name, text string
	change     func(*zip.FileHeader)
}

func stored(h *zip.FileHeader) { h.Method = zip.Store }

// raw writes sizes and the sum before the bytes, without a descriptor.
func raw(h *zip.FileHeader) { h.Comment = "raw" }

// legacy is a name without the UTF-8 flag.
func legacy(h *zip.FileHeader) { raw(h); h.NonUTF8 = true }

func made(t testing.TB, parts ...part) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		if p.change != nil {
			p.change(h)
		}
		create := w.CreateHeader
		if h.Comment == "raw" {
			h.Comment, h.Method = "", zip.Store
			h.CRC32, h.CompressedSize64, h.UncompressedSize64 = crc32.ChecksumIEEE([]byte(p.text)), uint64(len(p.text)), uint64(len(p.text))
			create = w.CreateRaw
		}
		e, err := create(h)
		if err == nil {
			_, err = io.WriteString(e, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func opening(b []byte) (*FS, error) {
	return read(bytes.NewReader(b), int64(len(b)), &bounds{size: int64(len(b))})
}

// all is what every file holds, archives within as folders.
func all(t testing.TB, z *FS) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := fs.WalkDir(z, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasSuffix(name, ".zip") {
			inner, err := z.Inner(name)
			if err != nil {
				got[name] = err.Error()
				return nil
			}
			for k, v := range all(t, inner) {
				got[name+"/"+k] = v
			}
			return inner.Close()
		}
		b, err := fs.ReadFile(z, name)
		if got[name] = string(b); err != nil {
			got[name] = err.Error()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func taken(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := opening(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, left := range z.Left() {
		t.Errorf("left: %q: %v", left.Name, left.Err)
	}
	return all(t, z)
}

func TestNames(t *testing.T) {
	u := append([]byte{1, 0, 0, 0, 0}, "Žofie.vcf"...)
	binary.LittleEndian.PutUint32(u[1:], crc32.ChecksumIEEE([]byte("\xa6ofie.vcf")))
	field := append([]byte{0x75, 0x70, byte(len(u)), 0}, u...)
	got := taken(t, made(t,
		part{"B\x81hler/K\x81he.vcf", "cp437", legacy},
		part{"Straße.vcf", "utf-8 without a flag", legacy},
		part{"\xa6ofie.vcf", "unicode path", func(h *zip.FileHeader) { legacy(h); h.Extra = field }},
		part{"../evil.vcf", "up", raw}, part{"a/../../evil2.vcf", "up again", raw},
		part{"/abs.vcf", "absolute", raw}, part{`C:\Users\me\back.vcf`, "drive", raw},
		part{"nul\x00l.vcf", "control", raw}, part{"", "no name", raw},
		part{"x.vcf", "1", raw}, part{"x.vcf", "2", raw}, part{"X.VCF", "3", raw}, part{"x (2).vcf", "named so", raw},
		part{"é.vcf", "composed", raw}, part{"e\u0301.vcf", "decomposed", raw},
		part{"both", "file", raw}, part{"both/in.vcf", "in the folder", raw},
		part{"__MACOSX/._x.vcf", "litter", raw}, part{".DS_Store", "litter", raw}, part{"d/._x.vcf", "litter", raw},
		part{"d/Thumbs.db", "litter", raw}, part{"empty folder/", "", nil},
	))
	want := map[string]string{
		"Bühler/Kühe.vcf": "cp437", "Straße.vcf": "utf-8 without a flag", "Žofie.vcf": "unicode path",
		"evil.vcf": "up", "a/evil2.vcf": "up again", "abs.vcf": "absolute", "Users/me/back.vcf": "drive",
		"nul_l.vcf": "control", "unnamed": "no name",
		"x.vcf": "1", "x (3).vcf": "2", "X (4).VCF": "3", "x (2).vcf": "named so",
		"é.vcf": "composed", "e\u0301 (2).vcf": "decomposed", "both (2)": "file", "both/in.vcf": "in the folder",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNested(t *testing.T) {
	leaf := made(t, part{"leaf.vcf", "leaf", nil})
	one := made(t, part{"leaf.zip", string(leaf), nil})
	two := made(t, part{"one.zip", string(one), stored})
	three := made(t, part{"two.zip", string(two), nil})
	got := taken(t, made(t, part{"two.zip", string(two), nil}, part{"raw.zip", string(leaf), raw}, part{"bad.zip", "PK\x03\x04 no", raw}))
	want := map[string]string{"two.zip/one.zip/leaf.zip/leaf.vcf": "leaf", "raw.zip/leaf.vcf": "leaf", "bad.zip": ErrDamaged.Error()}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	deep := taken(t, made(t, part{"three.zip", string(three), nil}))
	if why := deep["three.zip/two.zip/one.zip/leaf.zip"]; !strings.Contains(why, "deep") {
		t.Errorf("one level too many: %q", deep)
	}
}

func TestLeft(t *testing.T) {
	b := made(t, part{"s.vcf", "secret", raw}, part{"lzma.vcf", "??", raw}, part{"aes.vcf", "??", raw}, part{"ok.vcf", "fine", raw})
	patch := func(name string, flags, method uint16) {
		for _, x := range []struct {
			sign string
			at   int
			name int
		}{{"PK\x03\x04", 6, 30}, {"PK\x01\x02", 8, 46}} {
			for i := range b {
				if bytes.HasPrefix(b[i:], []byte(x.sign)) && bytes.HasPrefix(b[min(i+x.name, len(b)):], []byte(name)) {
					binary.LittleEndian.PutUint16(b[i+x.at:], flags)
					binary.LittleEndian.PutUint16(b[i+x.at+2:], method)
				}
			}
		}
	}
	patch("s.vcf", 1, 0)
	patch("lzma.vcf", 0, 14)
	patch("aes.vcf", 1, 99)
	for _, cut := range []int{0, 30} { // with its directory and without
		z, err := opening(b[:len(b)-cut])
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]error{}
		for _, x := range z.Left() {
			left[x.Name] = x.Err
		}
		if !errors.Is(left["s.vcf"], ErrPassword) || !errors.Is(left["aes.vcf"], ErrPassword) || !strings.Contains(left["lzma.vcf"].Error(), "LZMA") {
			t.Errorf("left: %v", left)
		}
		if errors.Is(left[""], ErrCut) != (cut > 0) {
			t.Errorf("cut by %d: %v", cut, left[""])
		}
		if got := all(t, z); !maps.Equal(got, map[string]string{"ok.vcf": "fine"}) {
			t.Errorf("cut by %d: %q", cut, got)
		}
	}
}

// TestCutOff cuts an archive at every byte: what is whole is read under its own
// name, and the cut is told.
func TestCutOff(t *testing.T) {
	inner := made(t, part{"inner.vcf", "inner", raw}, part{"inner2.vcf", "inner again", raw})
	text := strings.Repeat("some text that becomes shorter ", 20)
	b := made(t, part{"a.vcf", text, nil}, part{"in.zip", string(inner), raw}, part{"in2.zip", string(inner), stored}, part{"b.vcf", text, raw})
	want := taken(t, b)
	if len(want) != 6 {
		t.Fatalf("%q", want)
	}
	_, directory, _ := bytes.Cut(b, []byte(text)) // behind b.vcf, which is stored
	end := len(b) - len(directory)
	for at := range len(b) {
		z, err := opening(b[:at])
		if err != nil {
			if !errors.Is(err, ErrDamaged) || at > 30+len("a.vcf") {
				t.Fatalf("cut at %d: %v", at, err)
			}
			continue
		}
		if !slices.ContainsFunc(z.Left(), func(l Left) bool { return errors.Is(l.Err, ErrCut) && l.Name == "" }) {
			t.Errorf("cut at %d: nothing is said: %v", at, z.Left())
		}
		got := all(t, z)
		for name, text := range got {
			if want[name] != text && !strings.HasSuffix(name, ".zip") {
				t.Errorf("cut at %d: %s: %.60q", at, name, text)
			}
		}
		if at >= end && len(got) != len(want) {
			t.Errorf("cut at %d: %d of %d", at, len(got), len(want))
		}
	}
}

func TestDamaged(t *testing.T) {
	b := made(t, part{"bad.vcf", "wrong sum", raw}, part{"good.vcf", "good", raw})
	b[bytes.Index(b, []byte("wrong"))] ^= 1
	got := taken(t, b)
	if got["bad.vcf"] != zip.ErrChecksum.Error() || got["good.vcf"] != "good" {
		t.Errorf("a wrong sum: %q", got)
	}
	// The directory of an entry names the bytes of another.
	b = made(t, part{"one.vcf", "one", raw}, part{"two.vcf", "two", raw})
	last := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[last+42:], 0)
	if _, err := opening(b); !errors.Is(err, ErrBounds) || !strings.Contains(err.Error(), "overlap") {
		t.Errorf("overlapping entries: %v", err)
	}
	if _, err := opening(made(t)); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty archive: %v", err)
	}
	if _, err := opening(made(t, part{"folder/", "", nil})); !errors.Is(err, ErrEmpty) {
		t.Errorf("a folder alone: %v", err)
	}
}

func TestLayouts(t *testing.T) {
	z := made(t, part{"a.vcf", "a", nil}, part{"b.vcf", "b", stored})
	bz, err := hex.DecodeString(bzip2ed)
	if err != nil {
		t.Fatal(err)
	}
	comment := bytes.Clone(z)
	binary.LittleEndian.PutUint16(comment[len(comment)-2:], 5)
	want := map[string]string{"a.vcf": "a", "b.vcf": "b"}
	for name, x := range map[string]struct {
		b    []byte
		want map[string]string
	}{
		"comment":         {append(comment, "hello"...), want},
		"unpacks itself":  {append([]byte("MZ a program "), z...), want},
		"something after": {append(bytes.Clone(z), make([]byte, 100)...), want},
		"bzip2":           {bz, map[string]string{"b.vcf": "hello bzip2"}},
	} {
		if got := taken(t, x.b); !maps.Equal(got, x.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestFileSystem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.zip")
	b := made(t, part{"a/b/c.vcf", "c", nil}, part{"a/d.vcf", "d", raw}, part{"e.vcf", "e", stored})
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	z, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(z, "a/b/c.vcf", "a/d.vcf", "e.vcf"); err != nil {
		t.Error(err)
	}
	if err := z.Close(); err != nil {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	inner := made(f, part{"inner.vcf", "inner", raw})
	f.Add(made(f, part{"a.vcf", "a", nil}, part{"in.zip", string(inner), raw}, part{"b.vcf", "b", stored}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if z, err := opening(b); err == nil {
			all(t, z)
		}
	})
}
