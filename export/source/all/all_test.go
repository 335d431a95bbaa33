package all

import (
	"testing"

	"sidekeep/export/source"
)

// TestTypes holds each type to what the surfaces build from it.
func TestTypes(t *testing.T) {
	ids, flags := map[string]bool{}, map[string]string{}
	taken := func(id string) bool {
		was := ids[id]
		ids[id] = true
		return was || id == ""
	}
	for _, x := range Types() {
		if taken(x.ID) || x.Open == nil || len(x.Gives) == 0 || x.Icon == "" {
			t.Errorf("%+v", x)
		}
		for _, s := range x.Services {
			if taken(s.ID) || s.Name == "" {
				t.Errorf("%s: service %+v", x.ID, s)
			}
			if _, ok := x.Field(source.Address); !ok && s.Address != "" {
				t.Errorf("%s: a service has an address, and the type no field for it", x.ID)
			}
		}
		leads, secrets, own := 0, 0, map[string]bool{}
		for _, f := range x.Fields {
			if f.ID == "" || own[f.ID] || (f.ID == source.Password) != (f.Form == source.Secret) || (f.Flag == "") != (f.Form == source.Secret) {
				t.Errorf("%s: field %+v", x.ID, f)
			}
			own[f.ID] = true
			if f.Leads {
				if other := flags[f.Flag]; other != "" {
					t.Errorf("--%s leads to %s and to %s", f.Flag, other, x.ID)
				}
				flags[f.Flag] = x.ID
				leads++
			}
			if f.Form == source.Secret {
				secrets++
			}
		}
		if secrets > 1 || (leads == 0) != x.Once {
			t.Errorf("%s: %d fields lead to it, and %d are secret", x.ID, leads, secrets)
		}
	}
	if first := source.Accounts(Types())[0]; first.ID != "dav" {
		t.Errorf("without any flag, an account is one of %s", first.ID)
	}
}
