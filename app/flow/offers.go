package flow

import (
	"context"

	"sidekeep/app/words"
	"sidekeep/export/settings"
)

// An offer is an account that an archive brings along. It is not taken over
// unless the owner chooses it.
type offer struct {
	account settings.Account
	on      bool
}

func offersOf(list []settings.Account) (offers []offer) {
	for _, a := range list {
		offers = append(offers, offer{account: a})
	}
	return offers
}

// offered are the rows of the offers. f.mu is held.
func (f *Flow) offered() (rows []Row, lines []string, any bool) {
	for _, o := range f.offers {
		rows = append(rows, Row{ID: o.account.Name, Icon: "phone", Name: o.account.Name, On: o.on})
		lines = append(lines, words.Offer(o.account))
		any = any || o.on
	}
	return rows, lines, any
}

// ToggleOffer chooses an account that the archive brings along, or leaves it.
func (f *Flow) ToggleOffer(name string) {
	f.change(func() {
		for i := range f.offers {
			if f.offers[i].account.Name == name {
				f.offers[i].on = !f.offers[i].on
			}
		}
	})
}

// TakeOffers takes over the accounts that were chosen; the others are left.
func (f *Flow) TakeOffers() {
	var names []string
	var offers []offer
	f.change(func() {
		offers = f.offers
		f.check.problem = nil
		for _, o := range f.offers {
			if o.on {
				names = append(names, o.account.Name)
			}
		}
		f.offers = nil
	})
	if len(names) == 0 {
		return
	}
	f.run(func(ctx context.Context) {
		w := f.works()
		if w == nil {
			return
		}
		if _, err := w.TakeAccounts(ctx, names); err != nil {
			f.change(func() {
				p := words.For(err)
				f.check.problem, f.offers = &p, offers // to be chosen again
			})
		}
		f.load()
	})
}
