package command

import (
	"path/filepath"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/export/source"

	"github.com/spf13/pflag"
)

// sourceFlags are the flags of “account add” that tell the fields of types, by
// their names.
type sourceFlags map[string]*string

// add defines a flag for each field. One that several types have is one flag.
func (v *sourceFlags) add(f *pflag.FlagSet, types []source.Type) {
	*v = sourceFlags{}
	for _, t := range source.Accounts(types) {
		for _, field := range t.Fields {
			if name := field.Flag; name != "" && (*v)[name] == nil {
				(*v)[name] = f.String(name, "", words.FieldUsage(t.ID, field.ID))
			}
		}
	}
}

// given is what the flags tell: of which type, and its fields. A folder is
// absolute in it.
func (v sourceFlags) given(types []source.Type) (id string, values source.Values, err error) {
	t := source.Flagged(types, func(flag string) bool { return *v[flag] != "" })
	values = source.Values{}
	own := map[string]bool{}
	for _, f := range t.Fields {
		if f.Flag == "" {
			continue
		}
		own[f.Flag] = true
		if values[f.ID] = *v[f.Flag]; f.Form == source.Path && values[f.ID] != "" {
			if values[f.ID], err = filepath.Abs(values[f.ID]); err != nil {
				return "", nil, err
			}
		}
	}
	for name, text := range v {
		if *text != "" && !own[name] {
			return "", nil, &source.FieldError{Type: t.ID, Field: name, Fault: source.Foreign}
		}
	}
	return t.ID, values, nil
}

// leads are the flags that tell where a source is, one of each type.
func leads(types []source.Type) string {
	var list []string
	for _, t := range source.Accounts(types) {
		i := slices.IndexFunc(t.Fields, func(f source.Field) bool { return f.Leads && f.Flag != "" })
		if i < 0 {
			continue
		}
		value := map[source.Form]string{source.Web: "URL", source.Path: "DIR"}[t.Fields[i].Form]
		if value == "" {
			value = strings.ToUpper(t.Fields[i].Flag)
		}
		list = append(list, "--"+t.Fields[i].Flag+" "+value)
	}
	return strings.Join(list, " | ")
}
