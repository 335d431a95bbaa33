// Package past reads what the archive holds of the past: changes, versions, moments,
// what is missing, biographies and the agenda.
package past
