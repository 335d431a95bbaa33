// Package words puts what happens into sentences: for each cause what
// happened, what it means for the copy and what to try, and numbers, times and
// sizes as people read them.
//
// Both surfaces, the window and the command line, say it in these words. What
// is English about them stands in english.go.
package words

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"sidekeep/export"
	"sidekeep/export/source"
)

// Words say what happened, what it means for the copy, and what to do: one
// sentence each.
type Words struct {
	Title   string
	Meaning string
	Try     string
}

// String joins the three sentences.
func (w Words) String() string { return w.Title + " " + w.Meaning + " " + w.Try }

// A speaker is an error that brings its own words.
type speaker interface {
	error
	Words() (title, meaning, try string)
}

// For returns the words for err: its own if it has a method Words, else those
// of its cause. A cause that is not among
// [export.Causes] gets words that quote the error itself. The zero Words
// stand for a nil error.
func For(err error) Words {
	if err == nil {
		return Words{}
	}
	var own speaker
	if errors.As(err, &own) {
		var w Words
		w.Title, w.Meaning, w.Try = own.Words()
		return w
	}
	var field *source.FieldError
	if errors.As(err, &field) {
		return fieldTapped(field)
	}
	cause := Cause(err)
	if cause == nil {
		return unknown(err)
	}
	w := addressed(causes[cause], err)
	var fault *export.FaultError
	if errors.As(err, &fault) {
		w.Title = faultAt(fault.Host, fault.Status)
	}
	var refused *export.RefusedError
	if errors.As(err, &refused) && refused.Host != "" {
		if q, ok := questions[refused.Cause]; ok {
			w.Title = q.title(refused.Host)
		}
		if refused.Cause == export.ErrCertificate {
			w.Title, _ = doubted(refused.Host, refused.Doubt)
		}
		if refused.Nobody {
			w.Try = nobodyTry
		}
	}
	var link *export.LinkError
	if errors.As(err, &link) {
		w = linked(w, link)
	}
	return w
}

// Arrived are the words w for an error err that ended an export, by which n items
// had been kept.
func Arrived(w Words, err error, n int) Words {
	cause := Cause(err)
	switch {
	case n == 0:
	case cause == export.ErrStopped:
		w.Meaning, w.Try = someArrived(n), goesOn
	case cause == export.ErrUnreachable, cause == export.ErrFault, cause == export.ErrThrottled, cause == export.ErrAway:
		w.Meaning = someArrived(n)
	}
	return w
}

// NoCopyYet are the words w of an account of which nothing was ever kept: there is
// no copy that could be as it was.
func NoCopyYet(w Words) Words {
	if w.Meaning == CopyAsItWas || w.Meaning == NothingIsLost {
		w.Meaning = NeverExported
	}
	return w
}

// Imported are the words w for an error err that ended an import, by which n items
// had been taken.
func Imported(w Words, err error, n int) Words {
	if Cause(err) == export.ErrStopped {
		w.Meaning = someImported(n)
	}
	return w
}

// Cause returns the cause that err wraps. Errors of the system that mean the
// same as a cause count as that cause; nil if nothing fits.
func Cause(err error) error {
	if c := export.Cause(err); c != nil {
		return c
	}
	switch {
	case errors.Is(err, context.Canceled):
		return export.ErrStopped
	case errors.Is(err, context.DeadlineExceeded):
		return export.ErrUnreachable
	case errors.Is(err, syscall.ENOSPC):
		return export.ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return export.ErrNotWritable
	}
	return nil
}

// A Question is a yes-or-no question in words. Yes and No stand on the
// buttons; Detail is what to compare before answering, "" if there is nothing.
type Question struct {
	Title, Meaning, Try string
	Detail              string
	Yes, No             string
}

// Asking returns the words for a question that only the owner may answer.
func Asking(q export.Question) Question {
	w := Question{Title: q.Cause.Error(), Yes: answerYes, No: answerNo, Detail: q.Detail}
	t, ok := questions[q.Cause]
	if !ok {
		return w
	}
	w.Title, w.Meaning, w.Try, w.Yes = t.title(q.Host), causes[q.Cause].Meaning, t.try, t.yes
	if errors.Is(q.Cause, export.ErrCertificate) {
		w.Title, w.Try = doubted(q.Host, q.Doubt)
		w.Detail = Fingerprint(q.Detail)
	}
	return w
}

// Fingerprint writes a hexadecimal fingerprint in pairs, as certificates are
// shown elsewhere, eight pairs a line.
func Fingerprint(hex string) string {
	var out []byte
	for i := 0; i < len(hex); i++ {
		if i > 0 && i%2 == 0 {
			if i%16 == 0 {
				out = append(out, '\n')
			} else {
				out = append(out, ' ')
			}
		}
		c := hex[i]
		if 'a' <= c && c <= 'f' {
			c -= 'a' - 'A'
		}
		out = append(out, c)
	}
	return string(out)
}

// Synced asks whether an archive may lie in a folder that a cloud program
// synchronises.
func Synced(folder, service string) Question { return syncedQuestion(folder, service) }

// Begin asks whether a new archive is to be made in folder, although one is
// known: in known, or nobody knows where if that is "".
func Begin(folder, known string) Question { return beginQuestion(folder, known) }
