// Package history is history.db: its schema and its older ones, the [Batch] in
// which everything is written, the sums that guard its pages, and the reading of
// accounts, items, versions, moments and changes. A [Store] is an archive's folder
// and its history, open. What is written, and when, is left to the rooms above.
package history
