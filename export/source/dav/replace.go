package dav

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"sidekeep/export"
)

// made reports whether a version is not the server's own mark but made of size
// and time, so that no condition of HTTP can carry it.
func made(version string) bool {
	var size, modified int64
	n, err := fmt.Sscanf(version, "size %d time %d", &size, &modified)
	return err == nil && n == 2
}

// due reports whether the item at is there in its version, and how it is.
func (w *writing) due(ctx context.Context, at export.Ref) (*state, error) {
	st, err := w.state(ctx, at.ID)
	if err != nil {
		return nil, err
	}
	if at.Version != "*" && st.version() != at.Version {
		return nil, fmt.Errorf("%w: it is in another version", export.ErrChanged)
	}
	return st, nil
}

// A change replaces or removes the item at under a condition. landed tells,
// after it broke off, from what is there now (nil if nothing is) whether it
// took effect.
type change struct {
	at     export.Ref
	send   func(condition http.Header) (*http.Response, error)
	landed func(st *state) (bool, error)
}

// do makes the change once. It returns the answer, or nil if that was lost and
// the change has taken effect.
func (w *writing) do(ctx context.Context, c change) (*http.Response, error) {
	if err := w.named(c.at.ID); err != nil {
		return nil, err
	}
	condition := conditionOf(c.at.Version)
	forms := 0
	var weak weakening
	for t := w.s.c.tries(); ; {
		if w.c.photos || len(condition) == 0 || w.h.careful() {
			if _, err := w.due(ctx, c.at); err != nil {
				return nil, err
			}
		}
		resp, err := c.send(condition)
		switch {
		case err == nil:
			return resp, nil
		case statusOf(err) == http.StatusPreconditionFailed:
			st, err := w.due(ctx, c.at)
			if err != nil {
				return nil, err
			}
			if forms++; w.otherForm(st, forms, &condition) {
				continue
			}
			if condition, err = w.strengthened(ctx, c.at, st, &weak); err != nil {
				return nil, err
			}
			continue
		case !unsure(err):
			return nil, err
		}
		done, lookErr := w.changed(ctx, c)
		switch {
		case done:
			return nil, nil
		case errors.Is(lookErr, export.ErrChanged), errors.Is(lookErr, export.ErrGone):
			return nil, lookErr
		case lookErr != nil:
			return nil, err
		}
		if err := t.again(ctx, err); err != nil {
			return nil, err
		}
	}
}

// otherForm is the next way to state the version, which is that of the item.
// Some servers compare their marks with what they write them with, W/ for
// instance, and some never; the time is then the condition that is left.
func (w *writing) otherForm(st *state, nth int, condition *http.Header) bool {
	raw := strings.TrimSpace(st.etag)
	switch {
	case nth == 1 && raw != "" && condition.Get("If-Match") != raw:
		*condition = http.Header{"If-Match": {raw}}
	case nth <= 2 && st.modified != 0:
		*condition = http.Header{"If-Unmodified-Since": {st.time().UTC().Format(http.TimeFormat)}}
	default:
		return false
	}
	return true
}

// A weakening is an item whose mark the server calls weak.
type weakening struct {
	looks int
	sum   [32]byte // SHA-256 of its bytes when its mark was first seen to be weak
}

// strengthWait is how long a fresh mark is given to become strong: Apache and
// others call the mark of a file weak for a second or two after it was written,
// since two changes within the resolution of its time would share it.
const (
	strengthWait  = 500 * time.Millisecond
	strengthLooks = 6
)

// strengthened waits until the mark of an item that is there in its version is
// a strong one, and returns the condition that it makes. If-Match compares
// strongly (RFC 9110, section 13.1.1), so that a weak mark matches nothing, and
// on a server that never gives another the item could never be changed. There
// the bytes decide: they are read when the mark is first seen, and again right
// before a change without a condition, which is made only if both they and the
// version are the same. What is left open is the time of one request, as with
// servers that pass conditions over.
func (w *writing) strengthened(ctx context.Context, at export.Ref, st *state, weak *weakening) (http.Header, error) {
	refused := fmt.Errorf("%w: the server says so", export.ErrChanged)
	if opaque(st.etag) == "" || strong(st.etag) != "" && weak.looks == 0 || weak.looks > strengthLooks {
		return nil, refused
	}
	sum, err := w.sum(ctx, st)
	if err != nil {
		return nil, err
	}
	if weak.looks == 0 {
		weak.sum = sum
	}
	for weak.looks++; weak.looks <= strengthLooks; weak.looks++ {
		if err := w.s.c.pause(ctx, strengthWait); err != nil {
			return nil, err
		}
		if st, err = w.due(ctx, at); err != nil {
			return nil, err
		}
		if tag := strong(st.etag); tag != "" {
			weak.looks = strengthLooks // if this is refused as well, the bytes decide
			return http.Header{"If-Match": {tag}}, nil
		}
	}
	if sum, err = w.sum(ctx, st); err != nil {
		return nil, err
	}
	if sum != weak.sum {
		return nil, fmt.Errorf("%w: its bytes are others", export.ErrChanged)
	}
	if _, err := w.due(ctx, at); err != nil {
		return nil, err
	}
	return http.Header{}, nil
}

// sum is the SHA-256 of the bytes of an item as it is now.
func (w *writing) sum(ctx context.Context, st *state) (sum [32]byte, err error) {
	if !w.c.photos {
		body, err := w.read(ctx, st)
		return sha256.Sum256(body), err
	}
	p := &pull{s: w.s, c: w.c, prefix: w.prefix}
	there, err := p.open(ctx, &st.record, 0, "", "")
	if err != nil {
		return sum, err
	}
	defer there.Close()
	h := sha256.New()
	if _, err := io.Copy(h, there); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}

// changed reads back whether a change has taken effect whose answer was lost.
// If it has not, the item is still as it was, or the error says otherwise.
func (w *writing) changed(ctx context.Context, c change) (bool, error) {
	st, err := w.state(ctx, c.at.ID)
	if err != nil && !errors.Is(err, export.ErrGone) {
		return false, err
	}
	done, landErr := c.landed(st)
	switch {
	case landErr != nil || done:
		return done, landErr
	case st == nil:
		return false, err
	case c.at.Version != "*" && st.version() != c.at.Version:
		return false, fmt.Errorf("%w: it is in another version", export.ErrChanged)
	}
	return false, nil
}

// replace puts d in the place of the item at.
func (w *writing) replace(ctx context.Context, d *draft, at export.Ref) (export.Ref, error) {
	defer w.h.alone(w.pathOf(at.ID))()
	return w.replaceAlone(ctx, d, at)
}

// replaceAlone is replace while nothing else writes to the item.
func (w *writing) replaceAlone(ctx context.Context, d *draft, at export.Ref) (export.Ref, error) {
	var now *state
	resp, err := w.do(ctx, change{
		at:   at,
		send: func(condition http.Header) (*http.Response, error) { return w.put(ctx, d, at.ID, condition) },
		landed: func(st *state) (same bool, err error) {
			switch {
			case st == nil:
				return false, nil
			case w.c.photos:
				var torn bool
				if same, torn, err = w.samePhoto(ctx, d, st); torn {
					at.Version = st.version() // what is there is a part of what is sent
				}
			default:
				var body []byte
				body, err = w.read(ctx, st)
				same = err == nil && sameText(body, d.body)
			}
			now = st
			return same, err
		},
	})
	if err != nil {
		return export.Ref{}, err
	}
	ref := export.Ref{ID: at.ID}
	if resp == nil {
		ref.Version = now.version()
		return ref, nil
	}
	ref.Version = opaque(strong(resp.Header.Get("ETag")))
	if ref.Version == "" || w.c.photos {
		if st, err := w.state(ctx, ref.ID); err == nil {
			ref.Version = st.version()
		} // else it was written; its version is read later
	}
	return ref, nil
}

// Delete removes an item. See [export.Writer].
func (s *Source) Delete(ctx context.Context, c export.Collection, at export.Ref) error {
	w, err := s.writing(ctx, c.ID)
	if err != nil {
		return err
	}
	if at.Version == "" {
		err = fmt.Errorf("%w: no version is named", export.ErrRefused)
	} else {
		done := w.h.alone(w.pathOf(at.ID))
		err = w.remove(ctx, at)
		done()
	}
	if err != nil {
		return w.failed(ctx, "removing from", err)
	}
	return nil
}

func (w *writing) remove(ctx context.Context, at export.Ref) error {
	lost := false
	_, err := w.do(ctx, change{
		at: at,
		send: func(condition http.Header) (*http.Response, error) {
			h := condition.Clone()
			if !w.c.book && !w.c.photos {
				h.Set("Schedule-Reply", "F") // nobody gets a refusal by mail (RFC 6638, section 8.1)
			}
			resp, err := w.s.answer(ctx, request{method: http.MethodDelete, url: w.url(at.ID), header: h, writes: true})
			if lost && errors.Is(err, export.ErrGone) {
				return nil, nil // the one before took effect after all
			}
			lost = lost || unsure(err)
			return resp, err
		},
		landed: func(st *state) (bool, error) { return st == nil, nil },
	})
	return err
}
