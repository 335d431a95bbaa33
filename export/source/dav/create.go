package dav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/photo"
)

// create puts d where nothing is.
func (w *writing) create(ctx context.Context, d *draft, wish string) (export.Ref, error) {
	if w.c.photos && !photo.IsPhoto(d.it.Name) {
		return export.Ref{}, fmt.Errorf("%w: %q does not end as pictures and videos do", export.ErrUnsupported, d.it.Name)
	}
	for nth := range maxPlaces {
		id := w.place(d, wish, nth)
		if w.c.photos {
			if err := w.folders(ctx, id); err != nil {
				return export.Ref{}, err
			}
		}
		ref, other, err := w.createAt(ctx, d, id)
		if code := statusOf(err); w.c.photos && (code == http.StatusNotFound || code == http.StatusConflict) {
			w.h.forget() // a folder was taken away
			if err := w.folders(ctx, id); err != nil {
				return export.Ref{}, err
			}
			ref, other, err = w.createAt(ctx, d, id)
		}
		if err == nil || !other {
			return ref, err
		}
	}
	return export.Ref{}, fmt.Errorf("%w: %d items have this name", export.ErrRefused, maxPlaces)
}

// createAt puts d at id while nothing else writes there. other tells that
// another item is there, so that a further place can be tried.
func (w *writing) createAt(ctx context.Context, d *draft, id string) (ref export.Ref, other bool, err error) {
	defer w.h.alone(w.pathOf(id))()
	ref, other, err = w.createAlone(ctx, d, id)
	if err == nil && !w.c.photos {
		w.h.written(ref)
	}
	return ref, other, err
}

func (w *writing) createAlone(ctx context.Context, d *draft, id string) (ref export.Ref, other bool, err error) {
	condition := conditionOf("")
	for t := w.s.c.tries(); ; {
		if w.c.photos || w.h.careful() {
			switch st, err := w.state(ctx, id); {
			case err == nil:
				return w.taken(ctx, d, st)
			case !errors.Is(err, export.ErrGone):
				return ref, false, err
			}
		}
		resp, err := w.put(ctx, d, id, condition)
		switch {
		case err == nil:
			ref, err = w.settle(ctx, d, id, resp)
			return ref, false, err
		case statusOf(err) == http.StatusPreconditionFailed:
			st, lookErr := w.state(ctx, id)
			if errors.Is(lookErr, export.ErrGone) {
				return w.met(ctx, d, err)
			} else if lookErr != nil {
				return ref, false, lookErr
			}
			return w.taken(ctx, d, st)
		case errors.Is(w.cause(err), export.ErrConflict):
			return w.met(ctx, d, err)
		case !unsure(err):
			w.sweep(ctx, d, id, err)
			return ref, false, err
		}
		found, lookErr := w.landed(ctx, d, id)
		switch {
		case lookErr != nil:
			return ref, false, err // nobody knows; the same call made again tells
		case found != nil && w.c.photos:
			ref, other, err := w.taken(ctx, d, found)
			var exists *export.ExistsError
			if errors.As(err, &exists) && exists.Same {
				return exists.Ref, false, nil
			}
			return ref, other, err
		case found != nil && w.h.earlier(found):
			return w.taken(ctx, d, found)
		case found != nil:
			return export.Ref{ID: found.id, Version: found.version()}, false, nil
		}
		if err := t.again(ctx, err); err != nil {
			return ref, false, err
		}
	}
}

// met tells which item of the collection stands in the way of d though it is
// not where d was to be put. If there is none, refused is the error.
func (w *writing) met(ctx context.Context, d *draft, refused error) (ref export.Ref, other bool, err error) {
	st, err := w.elsewhere(ctx, d, true)
	var conflict *export.ConflictError
	if errors.As(w.cause(refused), &conflict) && conflict.ID != "" && !strings.HasPrefix(conflict.ID, "/") && st == nil {
		if st, err = w.state(ctx, conflict.ID); err != nil {
			return ref, false, refused
		}
	}
	if st == nil || err != nil {
		return ref, false, refused
	}
	ref, _, err = w.taken(ctx, d, st)
	return ref, false, err
}

// taken tells what is where d was to be put. A photo of which only the
// beginning is there is one whose sending broke off: it is sent again.
func (w *writing) taken(ctx context.Context, d *draft, st *state) (ref export.Ref, other bool, err error) {
	exists := &export.ExistsError{Ref: export.Ref{ID: st.id, Version: st.version()}}
	if w.c.photos {
		same, torn, err := w.samePhoto(ctx, d, st)
		switch {
		case err != nil:
			return ref, false, err
		case torn:
			ref, err = w.replaceAlone(ctx, d, exists.Ref)
			return ref, false, err
		}
		exists.Same = same
		return ref, !same, exists
	}
	body, err := w.read(ctx, st)
	if err != nil {
		return ref, false, err
	}
	exists.Ref.Version = st.version()
	exists.Same = sameText(body, d.body)
	uid := contentline.UID(body)
	return ref, uid != d.uid || uid == "" && !exists.Same, exists
}

// landed looks for d after its sending to id broke off: nil if it is not
// there. For one that is no photo it is told apart from another by what it
// says.
func (w *writing) landed(ctx context.Context, d *draft, id string) (*state, error) {
	st, err := w.state(ctx, id)
	if err == nil && w.c.photos {
		return st, nil
	}
	if err == nil {
		body, err := w.read(ctx, st)
		switch {
		case err != nil:
			return nil, err
		case sameText(body, d.body):
			return st, nil
		}
		return nil, nil // sending it again is refused, and tells what is there
	}
	if !errors.Is(err, export.ErrGone) || w.c.photos {
		if errors.Is(err, export.ErrGone) {
			err = nil
		}
		return nil, err
	}
	return w.elsewhere(ctx, d, false)
}

// elsewhere looks for d in a place that the server chose. If d is known to be
// there, the server may have rewritten it beyond recognition.
func (w *writing) elsewhere(ctx context.Context, d *draft, known bool) (last *state, err error) {
	ids, err := w.withUID(ctx, d.uid)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		st, err := w.state(ctx, id)
		if errors.Is(err, export.ErrGone) {
			continue
		} else if err != nil {
			return nil, err
		}
		body, err := w.read(ctx, st)
		if err != nil {
			return nil, err
		}
		if sameText(body, d.body) {
			return st, nil
		}
		if known && contentline.UID(body) == d.uid {
			last = st
		}
	}
	return last, nil
}

// sweep takes away the beginning of a new photo whose end could not be sent:
// many servers keep what came. Where the photo was to be put there was
// nothing before.
func (w *writing) sweep(ctx context.Context, d *draft, id string, why error) {
	var own *contentError
	if !w.c.photos || !errors.As(why, &own) && !errors.Is(why, export.ErrStopped) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for range 8 { // a server notices only after a moment that the rest will not come
		if w.s.c.pause(ctx, 250*time.Millisecond) != nil {
			return
		}
		st, err := w.state(ctx, id)
		if err == nil && st.size < d.size {
			// What is left in spite of this is found when it is put again.
			_ = w.remove(ctx, export.Ref{ID: id, Version: st.version()})
		}
		if err != nil && !errors.Is(err, export.ErrGone) {
			return
		}
	}
}

// settle finds out where a new item is that was put at id, and in which
// version.
func (w *writing) settle(ctx context.Context, d *draft, id string, resp *http.Response) (export.Ref, error) {
	ref := export.Ref{ID: id, Version: opaque(strong(resp.Header.Get("ETag")))}
	w.h.mu.Lock()
	keeps, learn := w.h.keeps, !w.h.learnt && !w.c.photos
	w.h.learnt = w.h.learnt || learn
	w.h.mu.Unlock()
	if moved := w.moved(resp); moved != "" {
		keeps, ref.ID = true, moved
	}
	if ref.Version == "" || !keeps || w.c.photos {
		st, err := w.state(ctx, ref.ID)
		if errors.Is(err, export.ErrGone) && !w.c.photos {
			if st, err = w.elsewhere(ctx, d, true); err == nil && st == nil {
				w.unlearn(learn)
				return ref, fmt.Errorf("%w: it was taken, and is not there", export.ErrNotKept)
			}
		}
		if err != nil {
			w.unlearn(learn)
			return ref, nil // it was written; its version is read later
		}
		if w.c.photos && st.size >= 0 && st.size != d.size {
			return ref, fmt.Errorf("%w: of %d bytes %d were kept", export.ErrNotKept, d.size, st.size)
		}
		w.h.mu.Lock()
		w.h.keeps = w.h.keeps || st.id == id
		w.h.mu.Unlock()
		ref = export.Ref{ID: st.id, Version: st.version()}
	}
	if learn {
		ref.Version = w.learn(ctx, d, ref)
	}
	return ref, nil
}

func (w *writing) unlearn(learn bool) {
	w.h.mu.Lock()
	defer w.h.mu.Unlock()
	w.h.learnt = w.h.learnt && !learn
}

// learn finds out whether the server honours conditions: what was just put is
// put once more on condition that it is not there. Where it is done all the
// same, the bytes are those that are there. It returns the version, which then
// may be new.
func (w *writing) learn(ctx context.Context, d *draft, ref export.Ref) string {
	_, err := w.put(ctx, d, ref.ID, conditionOf(""))
	if statusOf(err) == http.StatusPreconditionFailed {
		w.h.mu.Lock()
		w.h.honours = true
		w.h.mu.Unlock()
		return ref.Version
	}
	if err != nil && !unsure(err) {
		return ref.Version
	}
	st, err := w.state(ctx, ref.ID)
	if err != nil {
		return ref.Version
	}
	return st.version()
}
