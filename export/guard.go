package export

import (
	"fmt"
	"runtime/debug"
)

// A MistakeError is a panic of code that takes apart what a source delivered.
// It matches [ErrMistake].
type MistakeError struct {
	Value any    // of the panic
	Stack []byte // where it came from, for those who mend it
}

func (e *MistakeError) Error() string { return fmt.Sprintf("%v: %v", ErrMistake, e.Value) }

func (e *MistakeError) Unwrap() error { return ErrMistake }

// Guard calls do and returns its error, or a [*MistakeError] if it panics. It
// stands where one item, one page or one verb ends, so that what is delivered
// stops neither the others nor an export.
func Guard(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &MistakeError{Value: v, Stack: debug.Stack()}
		}
	}()
	return do()
}
