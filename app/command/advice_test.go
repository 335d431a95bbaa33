package command

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A sentence is a text of the program and where it stands.
type sentence struct {
	text, file, at string
	in             string // the composite literal of which it is a field: "Error.Try"
	window         bool   // of a work.Error: it has other words for the window
	usage          bool   // of a work.Error: it refuses what was asked for
}

// sentences are the texts of the packages below the module's root.
func sentences(t *testing.T, dirs ...string) []sentence {
	t.Helper()
	var list []sentence
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, name, nil, 0)
			if err != nil {
				return err
			}
			list = append(list, textsOf(f, files, name)...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(list) < 500 {
		t.Fatalf("only %d texts were found", len(list))
	}
	return list
}

func textsOf(f *ast.File, files *token.FileSet, name string) (list []sentence) {
	fields := map[ast.Node]sentence{}
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		kind := typeName(c.Type)
		var has sentence
		for _, e := range c.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				has.window = has.window || fmt.Sprint(kv.Key) == "Window"
				has.usage = has.usage || fmt.Sprint(kv.Key) == "Usage"
			}
		}
		for _, e := range c.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			ast.Inspect(kv.Value, func(n ast.Node) bool {
				if b, ok := n.(*ast.BasicLit); ok {
					fields[b] = sentence{in: kind + "." + fmt.Sprint(kv.Key), window: has.window, usage: has.usage}
				}
				return true
			})
		}
		return true
	})
	ast.Inspect(f, func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok && b.Op == token.ADD {
			if text, ok := joined(b); ok {
				s := fields[firstLit(b)]
				s.text, s.file, s.at = text, filepath.ToSlash(name), files.Position(b.Pos()).String()
				list = append(list, s)
			}
			return false
		}
		if b, ok := n.(*ast.BasicLit); ok && b.Kind == token.STRING {
			text, _ := strconv.Unquote(b.Value)
			s := fields[b]
			s.text, s.file, s.at = text, filepath.ToSlash(name), files.Position(b.Pos()).String()
			list = append(list, s)
		}
		return true
	})
	return list
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func firstLit(e ast.Expr) (lit ast.Node) {
	ast.Inspect(e, func(n ast.Node) bool {
		if b, ok := n.(*ast.BasicLit); ok && lit == nil {
			lit = b
		}
		return lit == nil
	})
	return lit
}

// joined is the text of literals that are added; NAME stands for what is no literal.
func joined(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		a, okA := joined(e.X)
		b, okB := joined(e.Y)
		return a + b, okA || okB
	}
	return "NAME", false
}

var (
	commandIn = regexp.MustCompile(`(?:“|: |, )sidekeep ([a-z][^”.;]*)`)
	flagIn    = regexp.MustCompile(`--[a-z][a-z-]*`)
)

// TestAdvice makes sure that whatever a sentence tells people to type is there:
// the verb, and each flag, of that verb.
func TestAdvice(t *testing.T) {
	root := (&session{stdout: newPrinter(io.Discard, false), stderr: newPrinter(io.Discard, true)}).root()
	root.InitDefaultHelpCmd()
	flags := map[string][]string{} // by the file of the verb that has it
	everywhere := []string{"--help"}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { everywhere = append(everywhere, "--"+f.Name) })
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) { flags["--"+f.Name] = append(flags["--"+f.Name], c.CommandPath()) })
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	seen := 0
	for _, s := range sentences(t, "app", "export", "formats") {
		text := s.text
		for _, m := range commandIn.FindAllStringSubmatch(text, -1) {
			seen++
			words := strings.Fields(m[1])
			c, _, err := root.Find(words)
			if err != nil || c == root {
				t.Errorf("%s: no such verb: sidekeep %s", s.at, m[1])
				continue
			}
			for _, f := range flagIn.FindAllString(m[1], -1) {
				if c.Flags().Lookup(f[2:]) == nil && !slices.Contains(everywhere, f) {
					t.Errorf("%s: %s has no %s: %s", s.at, c.CommandPath(), f, m[0])
				}
			}
			text = strings.ReplaceAll(text, m[0], "")
		}
		for _, f := range flagIn.FindAllString(text, -1) {
			if !slices.Contains(everywhere, f) && len(flags[f]) == 0 && strings.Contains(s.file, "/app/") {
				t.Errorf("%s: no verb has %s: %q", s.at, f, s.text)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d commands were found in sentences", seen)
	}
}

// TestAdviceInTheWindow makes sure that the window never tells anybody to type a
// verb or a flag: not in the words that both surfaces share, and not in a refusal
// that either may show.
func TestAdviceInTheWindow(t *testing.T) {
	typed := regexp.MustCompile(`sidekeep [a-z]|“?--[a-z]`)
	for _, s := range sentences(t, "app/words", "app/flow", "app/gui", "app/work") {
		switch {
		case !typed.MatchString(s.text), strings.HasSuffix(s.file, "words/command.go"):
		case s.in == "Error.Try" && (s.window || s.usage):
		case s.in == "" && strings.Contains(s.file, "/work/"): // a Try that is put together: see TestNothingToType of app/work
		default:
			t.Errorf("%s: %s %q", s.at, s.in, s.text)
		}
	}
}
