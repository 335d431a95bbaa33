package vcard

func read(raw []byte) (Card, error) { return Card{Kind: "individual"}, nil }
