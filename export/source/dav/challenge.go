package dav

import "strings"

// challenges reads a WWW-Authenticate header (RFC 9110, section 11.6.1), which
// may hold several; those that cannot be answered come with noScheme.
func challenges(h string) []challenge {
	var all []challenge
	var qop string
	finish := func() {
		if len(all) == 0 {
			return
		}
		c := &all[len(all)-1]
		if c.scheme != digest {
			return
		}
		for v := range strings.SplitSeq(qop, ",") {
			c.qop = c.qop || strings.EqualFold(strings.TrimSpace(v), "auth")
		}
		if _, _, ok := hasher(c.algorithm); !ok || c.nonce == "" || qop != "" && !c.qop {
			c.scheme = noScheme
		}
		qop = ""
	}
	for h = strings.TrimLeft(h, " ,\t"); h != ""; h = strings.TrimLeft(h, " ,\t") {
		word, rest := token(h)
		if word == "" {
			break
		}
		after := strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(after, "=") || len(all) == 0 {
			finish()
			all = append(all, challenge{scheme: schemeOf(word)})
			h = rest
			continue
		}
		var value string
		value, h = parameter(strings.TrimLeft(after[1:], " \t"))
		c := &all[len(all)-1]
		switch strings.ToLower(word) {
		case "realm":
			c.realm = value
		case "nonce":
			c.nonce = value
		case "opaque":
			c.opaque = value
		case "algorithm":
			c.algorithm = value
		case "stale":
			c.stale = strings.EqualFold(value, "true")
		case "userhash":
			c.userhash = strings.EqualFold(value, "true")
		case "qop":
			qop = value
		}
	}
	finish()
	return all
}

func schemeOf(word string) scheme {
	switch strings.ToLower(word) {
	case "basic":
		return basic
	case "digest":
		return digest
	case "bearer":
		return bearer
	}
	return noScheme
}

// token cuts a word off s.
func token(s string) (word, rest string) {
	i := strings.IndexAny(s, " \t,=\"")
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}

// parameter cuts a value, quoted or not, off s.
func parameter(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		i := strings.IndexAny(s, ", \t")
		if i < 0 {
			return s, ""
		}
		return s[:i], s[i:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
