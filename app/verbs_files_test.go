package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	_ "github.com/mattn/go-sqlite3"
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdJSON compares the value at PATH, such as exports.0.found, with WANT. A
// path that ends in len is the number of elements.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH WANT")
	}
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &v); err != nil {
		ts.Fatalf("%s is not one JSON value: %v", args[0], err)
	}
	for step := range strings.SplitSeq(args[1], ".") {
		switch x := v.(type) {
		case map[string]any:
			var ok bool
			if v, ok = x[step]; !ok {
				ts.Fatalf("%s: there is no %q", args[1], step)
			}
		case []any:
			if step == "len" {
				v = float64(len(x))
				continue
			}
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(x) {
				ts.Fatalf("%s: there is no element %q of %d", args[1], step, len(x))
			}
			v = x[i]
		default:
			ts.Fatalf("%s: %q is in neither an object nor a list", args[1], step)
		}
	}
	got := fmt.Sprint(v)
	if f, ok := v.(float64); ok {
		got = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if v == nil {
		got = "null"
	}
	if (got == args[2]) == neg {
		ts.Fatalf("%s = %s, want %s", args[1], got, args[2])
	}
}

// tree is every file below dir with the hash of its bytes.
func tree(dir string) (string, error) {
	var lines []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if !d.Type().IsRegular() {
			lines = append(lines, name+" "+d.Type().String())
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		lines = append(lines, name+" "+hex.EncodeToString(sum[:8]))
		return nil
	})
	if os.IsNotExist(err) {
		return "nothing there\n", nil
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n") + "\n", err
}

func cmdSnapshot(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: snapshot NAME DIR")
	}
	text, err := tree(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("snapshot-"+args[0]), []byte(text), 0o600))
}

// cmdSame compares a folder with its snapshot; files named by EXCEPT may
// differ.
func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: same NAME DIR [EXCEPT...]")
	}
	now, err := tree(ts.MkAbs(args[1]))
	ts.Check(err)
	pick := func(text string) string {
		var keep []string
		for line := range strings.SplitSeq(text, "\n") {
			drop := false
			for _, except := range args[2:] {
				drop = drop || strings.HasPrefix(line, except+" ") || strings.HasPrefix(line, except+"/")
			}
			if !drop {
				keep = append(keep, line)
			}
		}
		return strings.Join(keep, "\n")
	}
	before := pick(ts.ReadFile("snapshot-" + args[0]))
	if now = pick(now); (now == before) == neg {
		ts.Fatalf("before:\n%s\nnow:\n%s", before, now)
	}
}

func cmdTmpfs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tmpfs DIR SIZE|ro")
	}
	dir, options := ts.MkAbs(args[0]), "size="+args[1]
	if args[1] == "ro" {
		options = "ro"
	}
	ts.Check(os.MkdirAll(dir, 0o700))
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "none", dir).CombinedOutput(); err != nil {
		ts.Fatalf("mount: %v\n%s", err, out)
	}
	ts.Defer(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			ts.Logf("umount: %v\n%s", err, out)
		}
	})
}

func cmdSQL(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql FILE STATEMENT")
	}
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(err)
	ts.Check(db.Close())
}

// cmdGarble overwrites 64 bytes, as a failing disk or a hand with a hex editor
// does.
func cmdGarble(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: garble FILE OFFSET")
	}
	offset, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt([]byte(strings.Repeat("\xde\xad", 32)), offset)
	ts.Check(err)
	ts.Check(f.Close())
}

// cmdWhole checks an archive with nothing but coreutils.
func cmdWhole(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: whole DIR")
	}
	cmd := exec.Command("sha256sum", "-c", "--quiet", "--strict", "manifest-sha256.txt")
	cmd.Dir = ts.MkAbs(args[0])
	if out, err := cmd.CombinedOutput(); err != nil {
		ts.Fatalf("sha256sum: %v\n%s", err, out)
	}
}
