package archive_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sidekeep/export/archive/disk"
)

// A reader of the open files that uses nothing of the archive.
type openFiles struct {
	dir   string
	files map[string][]byte
	sizes map[string]int // of the items in each file
	count map[string]int // and their number
	moved map[key]bool   // what the index says was moved
}

func (o *openFiles) bytes(name string) ([]byte, error) {
	if b, ok := o.files[name]; ok {
		return b, nil
	}
	b, err := os.ReadFile(filepath.Join(o.dir, filepath.FromSlash(name)))
	o.files[name] = b
	return b, err
}

// shown is what the open files of an account show, by index.csv: hashes as
// delivered.
func (o *openFiles) shown(account, folder string, bodies map[key][]string) (map[key]state, error) {
	index, err := o.bytes(folder + "/index.csv")
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(bytes.NewReader(index)).ReadAll()
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, name := range lines[0] {
		at[name] = i
	}
	all := map[key]state{}
	for _, l := range lines[1:] {
		col := func(name string) string { return l[at[name]] }
		if col("state") == "failed" {
			continue
		}
		k := key{account, col("collection"), col("id")}
		s, err := o.item(folder, col, bodies[k])
		if err != nil {
			return nil, fmt.Errorf("%v: %w", k, err)
		}
		all[k] = s
		o.moved[k] = strings.Contains(col("state"), "moved")
	}
	return all, o.nothingElse(folder)
}

// item reads one line of an index and what it points to. The body is one of
// bodies if the hash is that of one, else "?" and the hash.
func (o *openFiles) item(folder string, col func(string) string, bodies []string) (state, error) {
	s := state{present: !strings.Contains(col("state"), "gone") && !strings.Contains(col("state"), "moved")}
	if strings.Contains(col("state"), "moved") {
		for _, body := range bodies {
			if hashOf([]byte(body)) == col("delivered") {
				s.body = body
			}
		}
		if col("file") != "" {
			return s, fmt.Errorf("%s, and it stands in %s", col("state"), col("file"))
		}
		return s, nil
	}
	file := folder + "/" + col("file")
	b, err := o.bytes(file)
	if err != nil {
		return s, err
	}
	offset, _ := strconv.Atoi(col("offset"))
	length, err := strconv.Atoi(col("length"))
	if err != nil || offset < 0 || offset+length > len(b) {
		return s, fmt.Errorf("it stands at %d+%d of %d bytes of %s", offset, length, len(b), file)
	}
	part := b[offset : offset+length]
	if hashOf(part) != col("published") {
		return s, fmt.Errorf("its bytes in %s are others", file)
	}
	o.sizes[file] += length
	o.count[file]++
	s.body = "?" + col("delivered")
	for _, body := range bodies {
		if hashOf([]byte(body)) != col("delivered") {
			continue
		}
		s.body = body
		crlf := strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n")
		if col("published") != col("delivered") && !strings.Contains(crlf, string(part)) {
			return s, fmt.Errorf("%s shows %q of %q", file, part, body)
		}
	}
	apart := strings.Contains(file, "/Photos/") || strings.Contains(file, "/Set aside/")
	if !apart && strings.Contains(file, "/Vanished/") == s.present {
		return s, fmt.Errorf("%s stands in %s", col("state"), file)
	}
	return s, nil
}

// nothingElse makes sure that the open files hold no item beside those of the
// index.
func (o *openFiles) nothingElse(folder string) error {
	return filepath.WalkDir(filepath.Join(o.dir, filepath.FromSlash(folder)), func(name string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(o.dir, name)
		rel = filepath.ToSlash(rel)
		if err != nil || e.IsDir() {
			return err
		}
		b, err := o.bytes(rel)
		if err != nil {
			return err
		}
		switch {
		case strings.Contains(rel, "/Set aside/"):
			if o.count[rel] != 1 {
				return fmt.Errorf("%s holds %d items", rel, o.count[rel])
			}
		case strings.HasSuffix(rel, ".vcf"):
			if o.sizes[rel] != len(b) {
				return fmt.Errorf("%s holds more than its items", rel)
			}
		case strings.HasSuffix(rel, ".ics"):
			if n := bytes.Count(b, []byte("BEGIN:VEVENT")) + bytes.Count(b, []byte("BEGIN:VTODO")); n != o.count[rel] {
				return fmt.Errorf("%s holds %d components, and the index has %d", rel, n, o.count[rel])
			}
		}
		return nil
	})
}

func hashOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// manifests does what sha256sum -c does, and looks for files that no manifest
// lists.
func (o *openFiles) manifests() error {
	listed := map[string]bool{}
	for _, manifest := range []string{disk.ManifestFile, disk.TagManifestFile} {
		b, err := o.bytes(manifest)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(b)) {
			hash, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			b, err := o.bytes(name)
			if err != nil {
				return err
			}
			if hashOf(b) != hash {
				return fmt.Errorf("%s is not what %s says", name, manifest)
			}
			listed[name] = true
		}
	}
	return filepath.WalkDir(filepath.Join(o.dir, "data"), func(name string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(o.dir, name)
		if err == nil && !e.IsDir() && !listed[filepath.ToSlash(rel)] {
			return fmt.Errorf("no manifest lists %s", rel)
		}
		return err
	})
}
