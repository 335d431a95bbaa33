package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"sidekeep/app/words"
	"sidekeep/export"

	"golang.org/x/term"
)

// A terminal is somebody who reads stderr and types on stdin.
type terminal struct {
	in  *os.File
	out *os.File
}

// openTerminal returns nil unless both are a terminal.
func openTerminal(stdin io.Reader, stderr io.Writer) *terminal {
	in, ok1 := stdin.(*os.File)
	out, ok2 := stderr.(*os.File)
	if !ok1 || !ok2 || !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	return &terminal{in, out}
}

// isTerminal reports whether what is written to w appears on a terminal, and
// how wide that is.
func isTerminal(w io.Writer) (columns int, ok bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return 0, false
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < 20 {
		columns = 80
	}
	return columns, true
}

// line asks for a line of text. It returns early when ctx is cancelled.
func (s *session) line(ctx context.Context, prompt string) (string, error) {
	s.stderr.printf("%s", prompt)
	return await(ctx, func() (string, error) {
		text, err := s.stdin.ReadString('\n')
		if errors.Is(err, io.EOF) && text != "" {
			err = nil
		}
		return strings.TrimSpace(text), err
	})
}

// password asks for a password without showing it.
func (s *session) password(ctx context.Context, prompt string) (string, error) {
	fd := int(s.tty.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("asking for the password: %w", err)
	}
	s.stderr.printf("%s", prompt)
	text, err := await(ctx, func() (string, error) {
		b, err := term.ReadPassword(fd)
		return string(b), err
	})
	s.stderr.raw("\n")
	if err != nil {
		return "", errors.Join(err, term.Restore(fd, before))
	}
	return text, nil
}

// await runs read, which cannot be cancelled, until it or ctx ends.
func await(ctx context.Context, read func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// yesOrNo asks a question; anything that is no yes is a no.
func (s *session) yesOrNo(ctx context.Context, question string) (bool, error) {
	answer, err := s.line(ctx, question+" [y/N] ")
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes", nil
}

// answers are questions that were answered by flags.
type answers struct {
	trust     []string // fingerprints of certificates
	allowHTTP bool
	hosts     []string // that may receive the password
}

// ask is how a source's questions reach the person: the flags have been asked
// first, then the terminal; elsewhere nobody is there.
func (s *session) ask(given answers) export.Ask {
	return export.Ask{Allow: func(ctx context.Context, q export.Question) (bool, error) {
		if given.allow(q) {
			return true, nil
		}
		if s.tty == nil {
			return false, &export.RefusedError{Question: q, Nobody: true}
		}
		w := words.Asking(q)
		s.stderr.printf("%s\n  %s\n", w.Title, w.Meaning)
		for line := range strings.SplitSeq(w.Detail, "\n") {
			if line != "" {
				s.stderr.printf("    %s\n", line)
			}
		}
		return s.yesOrNo(ctx, "  "+w.Try)
	}}
}

func (a answers) allow(q export.Question) bool {
	switch {
	case errors.Is(q.Cause, export.ErrCertificate):
		for _, t := range a.trust {
			if strings.EqualFold(bare(t), bare(q.Detail)) {
				return true
			}
		}
	case errors.Is(q.Cause, export.ErrInsecure):
		return a.allowHTTP
	case errors.Is(q.Cause, export.ErrElsewhere):
		for _, h := range a.hosts {
			if strings.EqualFold(h, q.Host) {
				return true
			}
		}
	}
	return false
}

// bare takes out what people put between the pairs of a fingerprint.
func bare(fingerprint string) string {
	return strings.NewReplacer(":", "", " ", "", "-", "").Replace(fingerprint)
}

// beforehand says how q is answered where nobody is.
func (s *session) beforehand(q export.Question) string {
	flag, of := "", ""
	switch {
	case errors.Is(q.Cause, export.ErrCertificate):
		flag, of = "--trust "+q.Detail, ", if that is its fingerprint"
	case errors.Is(q.Cause, export.ErrInsecure):
		flag = "--allow-http"
	case errors.Is(q.Cause, export.ErrElsewhere):
		flag = "--allow-host " + q.Host
	default:
		return ""
	}
	if name, _, _ := strings.Cut(flag[2:], " "); s.verb == nil || s.verb.Flags().Lookup(name) == nil {
		flag = fmt.Sprintf("sidekeep account check \"%s\" ", cmp.Or(s.account, "NAME")) + flag
	}
	return " Or answer beforehand with “" + flag + "”" + of + "."
}

// maySync asks whether the archive may be in a folder that a cloud program
// synchronises.
func (s *session) maySync(ctx context.Context, folder, service string) bool {
	if s.yes {
		return true
	}
	if s.tty == nil {
		return false
	}
	w := words.Synced(folder, service)
	s.stderr.printf("%s\n  %s\n    %s\n", w.Title, w.Meaning, w.Detail)
	yes, err := s.yesOrNo(ctx, "  "+w.Try)
	return yes && err == nil
}
