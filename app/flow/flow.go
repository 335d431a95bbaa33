// Package flow is what each screen shows and does, as plain state: it knows no
// toolkit and runs without a display. app/gui draws it.
package flow
