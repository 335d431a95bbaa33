// Package accounts keeps what the program notes of an account beside its items:
// settings, proofs, what it wrote to the source itself, restores that are open, and
// who may read the archive.
package accounts
