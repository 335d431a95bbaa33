package ical

func read(raw []byte) (Object, error)  { return Object{Component: "VEVENT"}, nil }
func parts(raw []byte) (Pieces, error) { return Pieces{}, nil }
func join(wrapper string, zones map[string][]byte, components [][]byte) ([]byte, error) {
	return nil, nil
}
