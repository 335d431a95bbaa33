// Package record writes one export into the history: which collections and items the
// source names, the bytes of each as delivered, photos as files, and what of the open
// files is missing and is to be fetched again. It ends with the judgement and the
// publication, which other rooms make.
package record
