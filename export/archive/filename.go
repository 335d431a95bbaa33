package archive

// FileName makes of a name from outside the name of a file, as the open files
// of an archive have it: one that every file system takes, ending in ext, ""
// or ".vcf" and the like. plain is used where nothing is left of it. It is the
// first one for which free(FoldName(name)) is true.
func FileName(want, ext, plain string, free func(folded string) bool) string {
	stem := cleanName(want, maxNameUnits-unitsOf(ext))
	if stem == "" {
		stem = plain
	}
	if reservedName(stem + ext) {
		stem = "_" + stem
	}
	n, err := firstFree(func(n int) (bool, error) { return free(foldName(numbered(stem, ext, n, maxNameUnits))), nil })
	if err != nil {
		n = 1 // free has no errors
	}
	return numbered(stem, ext, n, maxNameUnits)
}

// FoldName is equal for names that some file system takes for the same.
func FoldName(name string) string { return foldName(name) }
