package davserver

import (
	"errors"
	"net/http"
)

// A refusal is an answer that is no success: an HTTP status, the precondition
// of the RFC that failed (RFC 4918 s16) if there is one, and a sentence.
type refusal struct {
	code int
	cond string // element with prefix, e.g. "card:no-uid-conflict"
	href string // inside cond, if it has one
	text string
	// sabre: the text is told as SabreDAV does, with no condition.
	sabre bool
}

func (e *refusal) Error() string { return e.text }

func refuse(code int, cond, text string) error {
	return &refusal{code: code, cond: cond, text: text}
}

var (
	errNotFound = refuse(http.StatusNotFound, "", "there is nothing at this path")
	errParent   = refuse(http.StatusConflict, "", "the collection above it does not exist")
	errPath     = refuse(http.StatusBadRequest, "", "this is no path of this server")
	errFixed    = refuse(http.StatusForbidden, "d:cannot-modify-protected-property", "this part of the server is fixed")
	errETag     = refuse(http.StatusPreconditionFailed, "", "the item is not in the state that the request expects")
)

// writeRefusal answers with err as RFC 4918 s16 has it.
func writeRefusal(w http.ResponseWriter, err error) {
	var e *refusal
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
	case errors.As(err, &tooLarge):
		e = &refusal{code: http.StatusRequestEntityTooLarge, text: "the request is larger than this server takes"}
	default:
		e = &refusal{code: http.StatusBadRequest, text: err.Error()}
	}
	if e.sabre {
		w.Header().Set("Content-Type", xmlType)
		w.WriteHeader(e.code)
		b := append([]byte(nil), xmlHead+`<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>Sabre\DAV\Exception\BadRequest</s:exception><s:message>`...)
		_, _ = w.Write(append(appendText(b, e.text, textOptions{}), "</s:message></d:error>\n"...)) // as below
		return
	}
	if e.cond == "" {
		http.Error(w, e.text, e.code)
		return
	}
	b := append([]byte(nil), xmlHead+"<d:error"+namespaces+"><"+e.cond...)
	if e.href != "" {
		b = append(b, "><d:href>"...)
		b = appendPath(b, e.href)
		b = append(b, "</d:href></"+e.cond+">"...)
	} else {
		b = append(b, "/>"...)
	}
	b = append(b, "<d:responsedescription>"...)
	b = appendText(b, e.text, textOptions{})
	b = append(b, "</d:responsedescription></d:error>\n"...)
	h := w.Header()
	h.Set("Content-Type", xmlType)
	h.Del("ETag")
	w.WriteHeader(e.code)
	_, _ = w.Write(b) // the connection is gone: nobody is left to tell
}
