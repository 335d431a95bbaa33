package words

// KeptAlready tells of an account that is to be set up which others keep the same,
// and which keep a part of it since one folder lies in the other; "" if none does.
func KeptAlready(same, nested []string) string {
	switch {
	case len(same) > 0:
		return accountsAre(same) + " there already, for the same place. What both export is kept once more."
	case len(nested) > 0:
		return accountsAre(nested) + " there already for a folder that lies in this one or holds it. What is in both is kept once more."
	}
	return ""
}

// accountsAre is the beginning of a sentence that goes on with where they are.
func accountsAre(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = "“" + name + "”"
	}
	return verb(len(list), "The account ", "The accounts ") + List(list) + verb(len(list), " is", " are")
}
