// Package registry connects and removes accounts, says who may read the archive, and
// takes the accounts of an archive that is opened after a yes for each.
package registry
