package davserver

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
)

// Bounds of a request's XML. A multiget of 20,000 hrefs stays below them.
const (
	maxRequest = 8 << 20
	maxTokens  = 400_000
	maxNesting = 32
	maxProps   = 100 // that one request names: each is answered for each item
)

const (
	nsDAV   = "DAV:"
	nsCard  = "urn:ietf:params:xml:ns:carddav"
	nsCal   = "urn:ietf:params:xml:ns:caldav"
	nsCS    = "http://calendarserver.org/ns/"
	nsApple = "http://apple.com/ns/ical/"
)

// A node is one element of a request's body.
type node struct {
	name xml.Name
	attr []xml.Attr
	text string
	kids []*node
	read []byte // of text, until the element ends
}

// readXML reads the body of a request; nil if it is empty.
func readXML(w http.ResponseWriter, r *http.Request) (*node, error) {
	dec := xml.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	var stack []*node
	var root *node
	for count := 0; ; count++ {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			var tooLarge *http.MaxBytesError
			if errors.As(err, &tooLarge) {
				return nil, tooLarge
			}
			return nil, refuse(http.StatusBadRequest, "", "the request is no well-formed XML")
		}
		if count > maxTokens || len(stack) > maxNesting {
			return nil, refuse(http.StatusRequestEntityTooLarge, "", "the request has more elements than this server takes")
		}
		switch t := tok.(type) {
		case xml.StartElement:
			n := &node{name: t.Name, attr: t.Attr}
			if len(stack) > 0 {
				up := stack[len(stack)-1]
				up.kids = append(up.kids, n)
			} else {
				root = n
			}
			stack = append(stack, n)
		case xml.EndElement:
			n := stack[len(stack)-1]
			n.text, n.read = string(n.read), nil
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				n := stack[len(stack)-1]
				n.read = append(n.read, t...)
			}
		case xml.Directive:
			return nil, refuse(http.StatusBadRequest, "", "a document type has no place in a request")
		}
	}
}

func (n *node) is(space, local string) bool {
	return n != nil && n.name.Space == space && n.name.Local == local
}

// child returns the first child of this name; nil if n is nil or has none.
func (n *node) child(space, local string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.is(space, local) {
			return k
		}
	}
	return nil
}

func (n *node) attribute(local string) string {
	for _, a := range n.attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// value is the text of a node, without the space around it.
func (n *node) value() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.text)
}
