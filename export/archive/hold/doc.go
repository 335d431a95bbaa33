// Package hold writes the owner's answers to a held export or a notice: it was me,
// or not; and from when on a loss is noticed.
package hold
