package contentline

import "strings"

// A paramRoom is memory for the parameters of many lines. What it has handed
// out stays as it is until reset.
type paramRoom struct {
	params []Param
	values []string
}

// reset takes back all that the room has handed out.
func (r *paramRoom) reset() {
	clear(r.params)
	clear(r.values)
	r.params, r.values = r.params[:0], r.values[:0]
	if cap(r.params) > mostKept || cap(r.values) > mostKept {
		*r = paramRoom{}
	}
}

// reserve returns room to append n to, without moving what is there; where the
// room has not got it, that is new.
func reserve[T any](room []T, n int) []T {
	if cap(room)-len(room) >= n {
		return room
	}
	return make([]T, 0, max(n, min(2*cap(room), 64), 4))
}

// parse reads the parameters of a line.
func (r *paramRoom) parse(s string) []Param {
	quotes := strings.Count(s, `"`)%2 == 0
	r.params = reserve(r.params, 1+strings.Count(s, ";"))
	from := len(r.params)
	for more := true; more; {
		var part string
		part, s, more = cutField(s, ';', quotes)
		name, value, has := strings.Cut(part, "=")
		p := Param{Name: trimSpace(name)}
		if has {
			p.Values = r.list(value, quotes)
		} else if p.Name == "" {
			continue
		}
		r.params = append(r.params, p)
	}
	return r.params[from:len(r.params):len(r.params)]
}

// list reads the values of a parameter.
func (r *paramRoom) list(s string, quotes bool) []string {
	r.values = reserve(r.values, 1+strings.Count(s, ","))
	from := len(r.values)
	for more := true; more; {
		var v string
		v, s, more = cutField(s, ',', quotes)
		r.values = append(r.values, unquote(v))
	}
	return r.values[from:len(r.values):len(r.values)]
}

// cutField cuts s at the first separator that is not in quotes; more tells
// whether there is one.
func cutField(s string, sep byte, quotes bool) (field, rest string, more bool) {
	inside := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"' && quotes:
			inside = !inside
		case s[i] == sep && !inside:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

var carets = strings.NewReplacer("^n", "\n", "^N", "\n", "^^", "^", "^'", `"`)

// unquote undoes quotes and the carets of RFC 6868.
func unquote(s string) string {
	if n := len(s); n >= 2 && s[0] == '"' && s[n-1] == '"' {
		s = s[1 : n-1]
	}
	if strings.IndexByte(s, '^') >= 0 {
		s = carets.Replace(s)
	}
	return s
}
