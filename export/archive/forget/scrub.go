package forget

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// ForgottenName stands where the name of a forgotten item stood.
const ForgottenName = "(forgotten)"

// A scrubber takes the names of items out of texts.
type scrubber struct {
	whole map[string]bool   // replaced where they are the whole text
	parts *strings.Replacer // replaced within a text
}

// minPart is how long a name must be to be looked for within texts, in runes.
// A shorter one would be found in any word.
const minPart = 3

func newScrubber(names map[string]bool) *scrubber {
	var parts []string
	for n := range names {
		if utf8.RuneCountInString(n) >= minPart {
			parts = append(parts, n)
		}
	}
	// At one place the longest name counts.
	slices.SortFunc(parts, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	pairs := make([]string, 0, 2*len(parts))
	for _, n := range parts {
		pairs = append(pairs, n, ForgottenName)
	}
	return &scrubber{names, strings.NewReplacer(pairs...)}
}

func (s *scrubber) text(text string) string {
	if s.whole[text] {
		return ForgottenName
	}
	return s.parts.Replace(text)
}

// json scrubs the texts in a JSON document, which is returned as it is if there
// is nothing to take out.
func (s *scrubber) json(doc string) (string, error) {
	in := json.NewDecoder(strings.NewReader(doc))
	in.UseNumber()
	var v any
	if err := in.Decode(&v); err != nil {
		return "", err
	}
	before, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	after, err := json.Marshal(s.value(v))
	if string(after) == string(before) {
		return doc, err
	}
	return string(after), err
}

func (s *scrubber) value(v any) any {
	switch v := v.(type) {
	case string:
		return s.text(v)
	case []any:
		for i := range v {
			v[i] = s.value(v[i])
		}
	case map[string]any:
		if name, ok := v["name"].(string); ok && v["before"] != nil && s.text(name) != name {
			v["before"], v["now"] = ForgottenName, ForgottenName // values of it
		}
		for key := range v {
			switch key {
			case "cause", "account", "kind", "listing", "started", "rule", "what":
			default:
				v[key] = s.value(v[key])
			}
		}
	}
	return v
}

// scrub takes the names of items out of what the exports of their account tell.
func scrub(w *history.Batch, account int64, items []ForgottenItem) error {
	names, err := namesOf(w, items)
	if err != nil {
		return err
	}
	s := newScrubber(names)
	if err := rewrite(w, `SELECT problem, item, detail FROM problem JOIN export ON export = number WHERE account = ? AND item <> ''`,
		"UPDATE problem SET item = ?, detail = ? WHERE problem = ?", account, func(item, detail string) (string, string, error) {
			if s.text(item) != item { // the detail may tell anything of it
				return ForgottenName, ForgottenName, nil
			}
			return item, s.text(detail), nil
		}); err != nil {
		return err
	}
	doc := func(_, text string) (string, string, error) {
		text, err := s.json(text)
		return "", text, err
	}
	if err := rewrite(w, "SELECT number, '', ledger FROM export WHERE account = ? AND ledger IS NOT NULL",
		"UPDATE export SET ledger = ?2 WHERE number = ?3 AND ?1 = ''", account, doc); err != nil {
		return err
	}
	return rewrite(w, "SELECT hold, '', loss FROM hold WHERE account = ?", "UPDATE hold SET loss = ?2 WHERE hold = ?3 AND ?1 = ''", account, doc)
}

// namesOf are the names, UIDs and IDs that the items ever had.
func namesOf(w *history.Batch, items []ForgottenItem) (map[string]bool, error) {
	names := map[string]bool{}
	for _, it := range items {
		names[it.ID], names[it.UID], names[it.Name] = true, true, true
	}
	err := w.Each("SELECT DISTINCT item.name, version.uid, version.name FROM temp.forgotten JOIN item USING (item) LEFT JOIN version USING (item)", nil, func(rows *sql.Rows) error {
		var file string
		var uid, title sql.NullString
		err := rows.Scan(&file, &uid, &title)
		names[file], names[disk.LastPart(file)], names[uid.String], names[title.String] = true, true, true, true
		return err
	})
	delete(names, "")
	return names, err
}

// rewrite changes two texts of each row that query answers with its number.
func rewrite(w *history.Batch, query, update string, account int64, change func(a, b string) (string, string, error)) error {
	type row struct {
		n    int64
		a, b string
	}
	var changed []row
	err := w.Each(query, []any{account}, func(rows *sql.Rows) error {
		var r row
		if err := rows.Scan(&r.n, &r.a, &r.b); err != nil {
			return err
		}
		a, b, err := change(r.a, r.b)
		if a != r.a || b != r.b {
			changed = append(changed, row{r.n, a, b})
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range changed {
		if _, err := w.Exec(update, r.a, r.b, r.n); err != nil {
			return err
		}
	}
	return nil
}
