// Package proofs proves that the copy could be restored, reads the archive back and
// mends it.
package proofs
