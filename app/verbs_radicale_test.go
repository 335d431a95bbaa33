package main

import "github.com/rogpeppe/go-internal/testscript"

func (s *servers) radicale(ts *testscript.TestScript, name string) {
	ts.Fatalf("not yet")
}
